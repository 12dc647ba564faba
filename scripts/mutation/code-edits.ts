import ts from 'typescript';
import type { Edit } from './mutant.ts';

const SWAPPED_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['===', '!=='],
  ['!==', '==='],
  ['*', '/'],
  ['/', '*'],
  ['-', '+'],
  ['%', '*'],
  ['+=', '-='],
  ['-=', '+='],
]);

const SWAPPED_METHODS: ReadonlyMap<string, string> = new Map([
  ['Math.min', 'Math.max'],
  ['Math.max', 'Math.min'],
  ['some', 'every'],
  ['every', 'some'],
]);

/** Statements that only write a log are left as they are: no test reads every line of the log. */
const LOGS = /^(this\.)?(logger|log)\.(debug|log|warn|error|verbose|fatal)\(/;

/** All edits of the code of a file, but for its SQL, its types, its decorators and its texts. */
export function codeEdits(file: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const add = (kind: string, node: ts.Node, text: string): void => {
    edits.push({ kind, from: node.getStart(file), to: node.getEnd(), text });
  };
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node, file)) return;
    editConditions(node, file, add);
    editOperators(node, file, add);
    editStatements(node, file, add);
    editLiterals(node, file, add);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits;
}

type Add = (kind: string, node: ts.Node, text: string) => void;

function isLeftAlone(node: ts.Node, file: ts.SourceFile): boolean {
  return (
    ts.isDecorator(node) ||
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    (ts.isExpressionStatement(node) && LOGS.test(node.getText(file)))
  );
}

function editConditions(node: ts.Node, file: ts.SourceFile, add: Add): void {
  if (ts.isIfStatement(node)) {
    add('condition', node.expression, 'false');
    if (node.elseStatement !== undefined || !leaves(node.thenStatement)) {
      add('condition', node.expression, 'true');
    }
  } else if (ts.isConditionalExpression(node)) {
    add('condition', node.condition, 'true');
    add('condition', node.condition, 'false');
  } else if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.kind;
    if (
      operator === ts.SyntaxKind.AmpersandAmpersandToken ||
      operator === ts.SyntaxKind.BarBarToken ||
      operator === ts.SyntaxKind.QuestionQuestionToken
    ) {
      add('part of a condition', node, node.left.getText(file));
      if (operator !== ts.SyntaxKind.QuestionQuestionToken) {
        add('part of a condition', node, node.right.getText(file));
      }
    }
  } else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    // In an `if` the condition as a whole is changed already.
    if (!ts.isIfStatement(node.parent)) add('negation', node, node.operand.getText(file));
  } else if (ts.isCaseClause(node) && node.statements.length > 0) {
    add('case', node.expression, 'Symbol() as never');
  }
}

/** Whether a branch ends in `return`, `throw`, `continue` or `break`: always taken, it would end all that follows. */
function leaves(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return (
    last !== undefined &&
    (ts.isReturnStatement(last) ||
      ts.isThrowStatement(last) ||
      ts.isContinueStatement(last) ||
      ts.isBreakStatement(last))
  );
}

function editOperators(node: ts.Node, file: ts.SourceFile, add: Add): void {
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.getText(file);
    const swapped = SWAPPED_OPERATORS.get(operator);
    if (swapped !== undefined && !isCoveredAsCondition(node)) add('operator', node.operatorToken, swapped);
    if (operator === '+' && !hasText(node)) add('operator', node.operatorToken, '-');
  } else if (ts.isCallExpression(node)) {
    const callee = node.expression.getText(file);
    const method = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : undefined;
    const whole = SWAPPED_METHODS.get(callee);
    if (whole !== undefined) add('method', node.expression, whole);
    else if (method !== undefined) {
      const swapped = SWAPPED_METHODS.get(method.text);
      if (swapped !== undefined) add('method', method, swapped);
    }
  }
}

/** An equality that is a condition, or a part of one, is changed as such already; the opposite would be one more of the same. */
function isCoveredAsCondition(node: ts.BinaryExpression): boolean {
  const { kind } = node.operatorToken;
  if (kind !== ts.SyntaxKind.EqualsEqualsEqualsToken && kind !== ts.SyntaxKind.ExclamationEqualsEqualsToken) {
    return false;
  }
  const { parent } = node;
  return (
    ts.isIfStatement(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isReturnStatement(parent) ||
    (ts.isBinaryExpression(parent) && parent.operatorToken.getText().length === 2)
  );
}

/** Whether a sum holds a text, so that it joins instead of adding. */
function hasText(node: ts.Node): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && (hasText(node.left) || hasText(node.right)))
  );
}

function editStatements(node: ts.Node, file: ts.SourceFile, add: Add): void {
  if (ts.isExpressionStatement(node)) {
    const { expression } = node;
    if (ts.isAwaitExpression(expression)) {
      add('await', expression, `void ${expression.expression.getText(file)}`);
    }
    if (expression.kind !== ts.SyntaxKind.StringLiteral && !isSuperCall(expression)) {
      add('statement', node, ';');
    }
  } else if (ts.isThrowStatement(node)) {
    add('throw', node, ';');
  } else if (ts.isReturnStatement(node) && node.expression !== undefined) {
    const text = emptyValue(node);
    if (text !== undefined) add('result', node.expression, text);
  } else if (ts.isTryStatement(node) && node.finallyBlock !== undefined) {
    if (node.finallyBlock.statements.length > 1) add('finally', node.finallyBlock, '{}');
  }
}

function isSuperCall(expression: ts.Expression): boolean {
  return ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword;
}

/** An empty or opposite value of the type that a function declares; undefined where none is sure to fit. */
function emptyValue(node: ts.ReturnStatement): string | undefined {
  const type = declaredResult(node);
  const given = node.expression?.getText();
  if (type === undefined || given === undefined) return undefined;
  if (type === 'boolean' || type.startsWith('node is ')) {
    if (given === 'true') return 'false';
    return given === 'false' ? 'true' : `!(${given})`;
  }
  if (/(^|\| )undefined$/.test(type)) return given === 'undefined' ? undefined : 'undefined';
  if (/(^|\| )null$/.test(type)) return given === 'null' ? undefined : 'null';
  if (/^(readonly )?[\w.<>|]+\[\]$/.test(type)) return given === '[]' ? undefined : '[]';
  if (type === 'number') return given === '0' ? '1' : '0';
  if (type === 'string') return given === "''" ? undefined : "''";
  return undefined;
}

function declaredResult(node: ts.Node): string | undefined {
  let owner: ts.Node = node.parent;
  while (!ts.isFunctionLike(owner)) {
    if (owner.parent === undefined) return undefined;
    owner = owner.parent;
  }
  const type = owner.type?.getText();
  return type === undefined ? undefined : (/^Promise<(.*)>$/s.exec(type)?.[1] ?? type);
}

function editLiterals(node: ts.Node, file: ts.SourceFile, add: Add): void {
  if (node.kind === ts.SyntaxKind.TrueKeyword) add('boolean', node, 'false');
  else if (node.kind === ts.SyntaxKind.FalseKeyword) add('boolean', node, 'true');
  else if (ts.isNumericLiteral(node)) {
    add('number', node, otherNumber(node, file));
  } else if (ts.isAwaitExpression(node) && ts.isReturnStatement(node.parent) && isInTry(node)) {
    add('await', node, node.expression.getText(file));
  }
}

/** A limit is moved by one, a time to ten times as much: a millisecond more is not to be noticed. */
function otherNumber(node: ts.NumericLiteral, file: ts.SourceFile): string {
  const name = ts.isVariableDeclaration(node.parent) ? node.parent.name.getText(file) : '';
  if (/_(MS|SECONDS|S)$/.test(name)) return `${node.getText(file)} * 10`;
  return String(Number(node.text) + 1);
}

/** Whether an `await` that is returned stands inside a `try`, where it decides what is caught and when `finally` runs. */
function isInTry(node: ts.Node): boolean {
  for (let at: ts.Node = node; at.parent !== undefined && !ts.isFunctionLike(at); at = at.parent) {
    if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return true;
  }
  return false;
}
