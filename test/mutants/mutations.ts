/** Mutations: one small change of a source text each, of the kind that a conformance run is to notice. */

import ts from "typescript";

export interface Mutation {
  readonly line: number;
  /** What is changed, as `old -> new`. */
  readonly what: string;
  /** The whole text with the change. */
  readonly text: string;
}

/** An operator and the one that takes its place. */
// biome-ignore format: a table
const OPERATORS = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken,              "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken,         "==="],
  [ts.SyntaxKind.LessThanToken,                        "<="],
  [ts.SyntaxKind.LessThanEqualsToken,                  "<"],
  [ts.SyntaxKind.GreaterThanToken,                     ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken,               ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken,              "||"],
  [ts.SyntaxKind.BarBarToken,                          "&&"],
  [ts.SyntaxKind.PlusToken,                            "-"],
  [ts.SyntaxKind.MinusToken,                           "+"],
  [ts.SyntaxKind.AmpersandToken,                       "|"],
  [ts.SyntaxKind.BarToken,                             "&"],
  [ts.SyntaxKind.CaretToken,                           "|"],
  [ts.SyntaxKind.LessThanLessThanToken,                ">>>"],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, "<<"],
]);

/** Every mutation of a TypeScript source: checks dropped, operators changed, constants one off. */
export function mutationsOf(source: string): Mutation[] {
  const file = ts.createSourceFile("mutant.ts", source, ts.ScriptTarget.ES2023, true);
  const mutations: Mutation[] = [];
  const replace = (node: ts.Node, by: string): void => {
    const [start, end] = [node.getStart(file), node.getEnd()];
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    const text = source.slice(0, start) + by + source.slice(end);
    mutations.push({ line, what: `${source.slice(start, end).replace(/\s+/g, " ").slice(0, 60)} -> ${by}`, text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (ts.isIfStatement(node)) replace(node.expression, "false");
    if (ts.isConditionalExpression(node)) replace(node.condition, "true");
    if (ts.isConditionalExpression(node)) replace(node.condition, "false");
    if (ts.isBinaryExpression(node)) {
      const other = OPERATORS.get(node.operatorToken.kind);
      if (other !== undefined) replace(node.operatorToken, other);
    }
    if (ts.isNumericLiteral(node)) replace(node, String(Number(node.text) + 1));
    if (ts.isBigIntLiteral(node)) replace(node, `${BigInt(node.text.slice(0, -1)) + 1n}n`);
    if (node.kind === ts.SyntaxKind.TrueKeyword && !ts.isLiteralTypeNode(node.parent)) replace(node, "false");
    if (node.kind === ts.SyntaxKind.FalseKeyword && !ts.isLiteralTypeNode(node.parent)) replace(node, "true");
    ts.forEachChild(node, visit);
  };
  visit(file);
  return mutations;
}
