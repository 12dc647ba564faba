/** A word, a sign, or an opaque piece (a string, a `${…}`) of an SQL text, and how many parentheses it stands in. */
export interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

const PIECE =
  /\s+|--[^\n]*|'(?:[^']|'')*'|"[^"]*"|\$\d+(?:::\w+(?:\[\])?)?|\w+(?:\.\w+)*|<>|<=|>=|!=|::|->>|->|\|\||[^\w\s]/y;

/** Takes SQL apart, well enough to find its clauses. `${…}` of a template is one token. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = 0; at < sql.length;) {
    const to = sql.startsWith('${', at) ? endOfSubstitution(sql, at) : endOfPiece(sql, at);
    const text = sql.slice(at, to);
    if (text === ')') depth -= 1;
    if (!/^(\s|--)/.test(text)) tokens.push({ text, from: at, to, depth });
    if (text === '(') depth += 1;
    at = to;
  }
  return tokens;
}

function endOfPiece(sql: string, at: number): number {
  PIECE.lastIndex = at;
  return PIECE.test(sql) ? PIECE.lastIndex : at + 1;
}

function endOfSubstitution(sql: string, at: number): number {
  let open = 0;
  for (let end = at + 1; end < sql.length; end += 1) {
    if (sql[end] === '{') open += 1;
    if (sql[end] === '}' && (open -= 1) === 0) return end + 1;
  }
  return sql.length;
}

/** Whether a text is an SQL statement or a part that has a condition in it. */
export function isSql(text: string): boolean {
  return /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|LOCK|SET LOCAL)\b/.test(text) || /^\s*\w+ = NULL,/.test(text);
}
