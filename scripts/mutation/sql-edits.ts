import ts from 'typescript';
import type { Edit } from './mutant.ts';
import { isSql, type Token, tokenize } from './sql-text.ts';

/** What ends a list of conditions or assignments at its own depth of parentheses. */
const CLAUSE =
  /^(WHERE|FROM|GROUP|ORDER|LIMIT|FOR|RETURNING|ON|USING|JOIN|LEFT|INNER|UNION|WINDOW|HAVING|VALUES|SELECT|WHEN|THEN|ELSE|END|SET|DO)$/i;
const SWAPPED: ReadonlyMap<string, string> = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['+', '-'],
  ['-', '+'],
  ['min', 'max'],
  ['max', 'min'],
  ['ASC', 'DESC'],
  ['DESC', 'ASC'],
]);

type Change = (kind: string, from: number, to: number, text: string) => void;

/** All edits of the SQL that stands in the strings and templates of a file. */
export function sqlEdits(file: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (isText(node)) {
      const begin = node.getStart(file) + 1;
      const sql = file.text.slice(begin, node.getEnd() - 1);
      if (isSql(sql)) {
        const change: Change = (kind, from, to, text) =>
          edits.push({ kind: `SQL ${kind}`, from: begin + from, to: begin + to, text });
        editSql(sql, change);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits;
}

function isText(node: ts.Node): boolean {
  return (
    ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)
  );
}

function editSql(sql: string, change: Change): void {
  const tokens = tokenize(sql);
  editPhrases(sql, change);
  editOperators(tokens, change);
  for (const [index, token] of tokens.entries()) {
    if (/^(WHERE|AND|OR|ON)$/i.test(token.text)) editCondition(tokens, index, sql, change);
    if (/^WHEN$/i.test(token.text)) editCase(tokens, index, change);
    if (/^coalesce$/i.test(token.text)) editCoalesce(tokens, index, sql, change);
    if (/^SET$/i.test(token.text)) editAssignments(tokens, index, sql, change);
  }
}

function editPhrases(sql: string, change: Change): void {
  const phrases: readonly (readonly [string, RegExp, string])[] = [
    ['lock', /\s+FOR (NO KEY )?(UPDATE|SHARE|KEY SHARE)( OF \w+)?( SKIP LOCKED)?/g, ''],
    ['skip locked', /\s+SKIP LOCKED/g, ''],
    ['distinct', /\bDISTINCT (?!FROM)/g, ''],
    ['conflict', /\s+ON CONFLICT DO NOTHING/g, ''],
    ['conflict', /\s+ON CONFLICT \([^)]*\) DO NOTHING/g, ''],
    ['limit', /\s+LIMIT \d+/g, ''],
    ['order', /\s+ORDER BY [\w.]+(?: (?:ASC|DESC))?(?:, [\w.]+(?: (?:ASC|DESC))?)*(?=\s|\)|$)/g, ''],
    ['join', /\bLEFT JOIN\b/g, 'JOIN'],
  ];
  for (const [kind, phrase, text] of phrases) {
    for (const match of sql.matchAll(phrase)) change(kind, match.index, match.index + match[0].length, text);
  }
}

function editOperators(tokens: readonly Token[], change: Change): void {
  for (const token of tokens) {
    const swapped = SWAPPED.get(token.text);
    if (swapped !== undefined) change('operator', token.from, token.to, swapped);
  }
}

/** One condition of a list becomes always true. It stays in the text, so that its parameters keep their types. */
function editCondition(tokens: readonly Token[], index: number, sql: string, change: Change): void {
  const keyword = tokens[index];
  const first = tokens[index + 1];
  if (keyword === undefined || first === undefined) return;
  if (/^(CONFLICT|COMMIT|true)$/i.test(first.text) || /^BETWEEN$/i.test(tokens[index - 2]?.text ?? ''))
    return;
  if (/^OR$/i.test(keyword.text)) {
    change('condition', keyword.from, keyword.to, 'AND');
    return;
  }
  const last = getLast(tokens, index + 1, keyword.depth, /^(AND|OR)$/i);
  const condition = sql.slice(first.from, last.to);
  change('condition', first.from, last.to, `((${condition}) OR TRUE)`);
}

/** The last token of what begins at an index, at one depth: before the next clause, `stop`, or the closing parenthesis. */
function getLast(tokens: readonly Token[], begin: number, depth: number, stop: RegExp): Token {
  let last = tokens[begin];
  for (let at = begin; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.depth < depth) break;
    if (at > begin && token.depth === depth) {
      if (
        token.text === ')' &&
        !tokens.slice(begin, at).some(({ text, depth: its }) => text === '(' && its === depth)
      )
        break;
      if (stop.test(token.text) || isClause(tokens, at) || token.text === ',' || isAppended(tokens, at))
        break;
    }
    last = token;
  }
  if (last === undefined) throw new Error('a condition of no tokens');
  return last;
}

/** Whether a `${…}` stands where no operand may: it is another condition or clause. */
function isAppended(tokens: readonly Token[], at: number): boolean {
  return (
    tokens[at]?.text.startsWith('${') === true &&
    /[\w)}]$/.test(tokens[at - 1]?.text ?? '') &&
    !/^(AND|OR|NOT|IN|IS|LIKE|ILIKE)$/i.test(tokens[at - 1]?.text ?? '')
  );
}

/** Whether a clause begins here; the FROM of IS DISTINCT FROM begins none. */
function isClause(tokens: readonly Token[], at: number): boolean {
  return CLAUSE.test(tokens[at]?.text ?? '') && !/^DISTINCT$/i.test(tokens[at - 1]?.text ?? '');
}

function editCase(tokens: readonly Token[], index: number, change: Change): void {
  const first = tokens[index + 1];
  if (first === undefined) return;
  const last = getLast(tokens, index + 1, first.depth, /^THEN$/i);
  change('case', first.from, last.to, 'FALSE');
  change('case', first.from, last.to, 'TRUE');
}

/** `coalesce(a, b)` becomes `b`, and it becomes `coalesce(b, a)`. */
function editCoalesce(tokens: readonly Token[], index: number, sql: string, change: Change): void {
  const open = tokens[index + 1];
  if (open?.text !== '(') return;
  const close = tokens.findIndex(
    (token, at) => at > index && token.text === ')' && token.depth === open.depth,
  );
  const comma = tokens.findIndex(
    (token, at) => at > index && token.text === ',' && token.depth === open.depth + 1,
  );
  const end = tokens[close];
  const middle = tokens[comma];
  if (end === undefined || middle === undefined || comma > close) return;
  const one = sql.slice(open.to, middle.from);
  const other = sql.slice(middle.to, end.from);
  change('coalesce', open.to, end.from, `${other}, ${one}`);
  change('coalesce', open.to, middle.from, `CASE WHEN FALSE THEN ${one} END`);
}

/** One assignment of an UPDATE keeps the value that the row has. */
function editAssignments(tokens: readonly Token[], index: number, sql: string, change: Change): void {
  const table = tableBefore(tokens, index);
  const depth = tokens[index]?.depth ?? 0;
  if (table === undefined) return;
  for (let at = index + 1; at < tokens.length;) {
    const column = tokens[at];
    const value = tokens[at + 2];
    if (column === undefined || value === undefined || tokens[at + 1]?.text !== '=') return;
    const last = lastOfAssignment(tokens, at + 2, depth);
    const text = sql.slice(value.from, last.to);
    change('assignment', value.from, last.to, `CASE WHEN TRUE THEN ${table}.${column.text} ELSE ${text} END`);
    const next = tokens.indexOf(last) + 1;
    if (tokens[next]?.text !== ',') return;
    at = next + 1;
  }
}

function lastOfAssignment(tokens: readonly Token[], begin: number, depth: number): Token {
  let cases = 0;
  let last = tokens[begin];
  for (let at = begin; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.depth < depth) break;
    if (/^CASE$/i.test(token.text)) cases += 1;
    if (token.depth === depth && cases === 0 && (token.text === ',' || isClause(tokens, at))) break;
    if (/^END$/i.test(token.text)) cases -= 1;
    last = token;
  }
  if (last === undefined) throw new Error('an assignment of no tokens');
  return last;
}

/** The name by which the row of an UPDATE, or of an INSERT … ON CONFLICT, is known. */
function tableBefore(tokens: readonly Token[], index: number): string | undefined {
  for (let at = index - 1; at >= 0; at -= 1) {
    const text = tokens[at]?.text ?? '';
    if (!/^(UPDATE|INTO)$/i.test(text)) continue;
    const name = tokens[at + 1]?.text;
    if (name === undefined || /^SET$/i.test(name)) continue;
    return /^AS$/i.test(tokens[at + 2]?.text ?? '') ? tokens[at + 3]?.text : name.split('.').at(-1);
  }
  return undefined;
}
