/**
 * Reads arithmetic on doubles as what it may be at most: for each number a bound of its magnitude, and a power of two that it is a
 * multiple of. A sum, difference or product whose bound is above 2^53 such units may be rounded, and is an error; so is what
 * is not understood. A bound is a double itself, right below 2^53, which is all that is asked of it.
 */

import ts from "typescript";

/** Any number of at most `bound` in magnitude, a multiple of 2^unit. */
export interface Range {
  readonly bound: number;
  readonly unit: number;
  /** The number, if there is but one. */
  readonly constant?: number;
  /** What was rounded to give this. */
  readonly rounded?: Range;
}

/** What a name stands for: a number, an array of them, or a point. */
export type Value = Range | Range[] | { readonly [part: string]: Range[] };
type Scope = Map<string, Value>;
type Get<T> = (scope: Scope) => T;

export function constant(value: number): Range {
  let unit = 0;
  while (!Number.isInteger(value / 2 ** unit)) unit--;
  while (value !== 0 && Number.isInteger(value / 2 ** (unit + 1))) unit++;
  return { bound: Math.abs(value), unit, constant: value };
}

/** Any whole number of at most that magnitude. */
export const within = (bound: number): Range => ({ bound, unit: 0 });

/** What is one or the other. */
export function either(a: Range, b: Range): Range {
  return { bound: Math.max(a.bound, b.bound), unit: Math.min(a.unit, b.unit) };
}

/** The functions of a module, to be called with ranges in the place of numbers. */
export class ExactModule {
  readonly #functions = new Map<string, { readonly parameters: readonly string[]; readonly body: Get<void> }>();
  readonly #constants: Scope;
  readonly #unread = new Map<string, Get<Value>>();

  /** @param given what the module has from elsewhere, and arrays that it makes anew */
  constructor(text: string, given: Readonly<Record<string, Value>> = {}) {
    this.#constants = new Map(Object.entries(given));
    for (const statement of ts.createSourceFile("module.ts", text, ts.ScriptTarget.ES2023, true).statements) {
      if (ts.isFunctionDeclaration(statement)) this.#addFunction(statement);
      if (!ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) this.#addConstant(declaration);
    }
  }

  /** Calls a function; the arrays have then what may be in them. @throws Error for what may not be exact */
  call(name: string, ...values: readonly Value[]): void {
    const code = this.#functions.get(name);
    if (code === undefined) throw new Error(`not known: ${name}`);
    code.body(new Map(code.parameters.map((parameter, i) => [parameter, values[i] as Value])));
  }

  /** A constant of the module. */
  constant(name: string): Value {
    const value = this.#constants.get(name) ?? this.#unread.get(name)?.(new Map());
    if (value === undefined) throw new Error(`not known: ${name}`);
    this.#constants.set(name, value);
    return value;
  }

  /** Read when it is called first: not all of a module is arithmetic. */
  #addFunction({ name, parameters, body }: ts.FunctionDeclaration): void {
    let read: Get<void> | undefined;
    this.#functions.set((name as ts.Identifier).text, {
      parameters: parameters.map((parameter) => parameter.name.getText()),
      body: (scope) => {
        read ??= this.#statement(body as ts.Block);
        read(scope);
      },
    });
  }

  /** Names in brackets are arrays as long as numbers are. */
  #addConstant({ name, initializer }: ts.VariableDeclaration): void {
    if (!ts.isArrayBindingPattern(name)) {
      this.#unread.set(name.getText(), (scope) => this.#any(initializer as ts.Expression)(scope));
      return;
    }
    const { constant: limbs } = this.constant("LIMBS") as Range;
    for (const element of name.elements) {
      this.#constants.set(
        element.getText(),
        Array.from({ length: limbs as number }, () => constant(0)),
      );
    }
  }

  #statement(statement: ts.Statement): Get<void> {
    if (ts.isBlock(statement)) {
      const steps = statement.statements.map((inner) => this.#statement(inner));
      return (scope) => {
        for (const step of steps) step(scope);
      };
    }
    if (ts.isVariableStatement(statement)) return this.#declared(statement.declarationList);
    if (ts.isExpressionStatement(statement)) return this.#effect(statement.expression);
    if (!ts.isForStatement(statement)) throw new Error(`not understood: ${statement.getText()}`);
    const start = this.#declared(statement.initializer as ts.VariableDeclarationList);
    const goesOn = this.#condition(statement.condition as ts.Expression);
    const step = this.#effect(statement.incrementor as ts.Expression);
    const body = this.#statement(statement.statement);
    return (scope) => {
      for (start(scope); goesOn(scope); step(scope)) body(scope);
    };
  }

  #declared({ declarations }: ts.VariableDeclarationList): Get<void> {
    const values = declarations
      .filter(({ initializer }) => initializer !== undefined)
      .map(({ name, initializer }) => [name.getText(), this.#any(initializer as ts.Expression)] as const);
    return (scope) => {
      for (const [name, value] of values) scope.set(name, value(scope));
    };
  }

  /** What is done for its effect: a call, `++`, and assignments. */
  #effect(expression: ts.Expression): Get<void> {
    if (ts.isCallExpression(expression)) {
      const name = expression.expression.getText();
      const values = expression.arguments.map((argument) => this.#any(argument));
      return (scope) => this.call(name, ...values.map((value) => value(scope)));
    }
    if (ts.isPostfixUnaryExpression(expression)) {
      const [get, set] = [this.#number(expression.operand), this.#assignment(expression.operand)];
      return (scope) => set(scope, constant((get(scope).constant as number) + 1));
    }
    if (!ts.isBinaryExpression(expression)) throw new Error(`not understood: ${expression.getText()}`);
    const { left, right, operatorToken } = expression;
    if (operatorToken.kind === ts.SyntaxKind.CommaToken) {
      const [first, second] = [this.#effect(left), this.#effect(right)];
      return (scope) => {
        first(scope);
        second(scope);
      };
    }
    const operator = COMPOUND.get(operatorToken.kind);
    const [before, value, set] = [this.#number(left), this.#number(right), this.#assignment(left)];
    if (operator === undefined) return (scope) => set(scope, value(scope));
    return (scope) => set(scope, combined(operator, before(scope), value(scope), expression));
  }

  #assignment(to: ts.Expression): (scope: Scope, value: Range) => void {
    if (!ts.isElementAccessExpression(to)) {
      const name = to.getText();
      return (scope, value) => scope.set(name, value);
    }
    const [array, at] = [this.#any(to.expression), this.#number(to.argumentExpression)];
    return (scope, value) => {
      (array(scope) as Range[])[at(scope).constant as number] = value;
    };
  }

  #condition(condition: ts.Expression): Get<boolean> {
    const { left, right, operatorToken } = condition as ts.BinaryExpression;
    if (operatorToken.kind !== ts.SyntaxKind.LessThanToken) throw new Error(`not understood: ${condition.getText()}`);
    const [a, b] = [this.#number(left), this.#number(right)];
    return (scope) => (a(scope).constant as number) < (b(scope).constant as number);
  }

  #number(expression: ts.Expression): Get<Range> {
    return this.#any(expression) as Get<Range>;
  }

  #any(expression: ts.Expression): Get<Value> {
    if (ts.isIdentifier(expression)) {
      const { text } = expression;
      return (scope) => scope.get(text) ?? this.constant(text);
    }
    if (ts.isNumericLiteral(expression)) {
      const value = constant(Number(expression.text));
      return () => value;
    }
    if (ts.isBinaryExpression(expression)) return this.#binary(expression);
    if (ts.isParenthesizedExpression(expression)) return this.#any(expression.expression);
    if (ts.isElementAccessExpression(expression)) {
      const [array, at] = [this.#any(expression.expression), this.#number(expression.argumentExpression)];
      return (scope) => (array(scope) as Range[])[at(scope).constant as number] as Range;
    }
    if (ts.isPropertyAccessExpression(expression)) {
      const [point, part] = [this.#any(expression.expression), expression.name.text];
      return (scope) => (point(scope) as Record<string, Range[]>)[part] as Range[];
    }
    if (ts.isPrefixUnaryExpression(expression) && expression.operator === ts.SyntaxKind.MinusToken) {
      const operand = this.#number(expression.operand);
      return (scope) => negative(operand(scope));
    }
    if (ts.isConditionalExpression(expression)) {
      const isTrue = this.#condition(expression.condition);
      const [yes, no] = [this.#any(expression.whenTrue), this.#any(expression.whenFalse)];
      return (scope) => (isTrue(scope) ? yes(scope) : no(scope));
    }
    if (ts.isCallExpression(expression) && expression.expression.getText() === "Float64Array.of") {
      const values = expression.arguments.map((argument) => this.#number(argument));
      return (scope) => values.map((value) => value(scope));
    }
    throw new Error(`not understood: ${expression.getText()}`);
  }

  #binary(expression: ts.BinaryExpression): Get<Range> {
    const { left, right, operatorToken } = expression;
    const b = this.#number(right);
    // (x + M) − M rounds x to a multiple of what doubles about M are apart.
    const isSum = ts.isBinaryExpression(left) && left.operatorToken.kind === ts.SyntaxKind.PlusToken;
    if (operatorToken.kind === ts.SyntaxKind.MinusToken && isSum && left.right.getText() === right.getText()) {
      const x = this.#number(left.left);
      return (scope) => rounded(x(scope), b(scope), expression);
    }
    const a = this.#number(left);
    return (scope) => combined(operatorToken.kind, a(scope), b(scope), expression);
  }
}

const COMPOUND = new Map<ts.SyntaxKind, ts.SyntaxKind>([
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.PlusToken],
  [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.AsteriskEqualsToken, ts.SyntaxKind.AsteriskToken],
]);

function negative({ bound, unit, constant: value }: Range): Range {
  return value === undefined ? { bound, unit } : constant(-value);
}

function rounded(x: Range, M: Range, where: ts.Node): Range {
  // M is 3 · 2^n, and x + M is to stay between 2^(n + 1) and 2^(n + 2).
  const n = Math.log2(M.bound / 3);
  if (!Number.isInteger(n) || x.bound > 2 ** n) throw new Error(`too large to be rounded: ${where.getText()}`);
  const unit = n + 1 - 52;
  return { bound: Math.floor(x.bound / 2 ** unit + 0.5) * 2 ** unit, unit: Math.max(unit, x.unit), rounded: x };
}

function combined(operator: ts.SyntaxKind, a: Range, b: Range, where: ts.Node): Range {
  if (a.constant !== undefined && b.constant !== undefined) return constant(folded(operator, a.constant, b.constant));
  if (operator === ts.SyntaxKind.AsteriskToken) {
    // No part of a unit: that a quotient is whole is for Montgomery's method, and division steps, to know.
    return exact({ bound: a.bound * b.bound, unit: Math.max(0, a.unit + b.unit) }, where);
  }
  if (operator === ts.SyntaxKind.MinusToken && b.rounded === a) {
    return { bound: Math.min(a.bound, 2 ** (b.unit - 1)), unit: a.unit };
  }
  return exact({ bound: a.bound + b.bound, unit: Math.min(a.unit, b.unit) }, where);
}

function exact(range: Range, where: ts.Node): Range {
  if (range.bound <= 2 ** (53 + range.unit)) return range;
  throw new Error(`up to 2^${Math.log2(range.bound).toFixed(2)} in units of 2^${range.unit}: ${where.getText()}`);
}

function folded(operator: ts.SyntaxKind, a: number, b: number): number {
  if (operator === ts.SyntaxKind.PlusToken) return a + b;
  if (operator === ts.SyntaxKind.MinusToken) return a - b;
  if (operator === ts.SyntaxKind.AsteriskToken) return a * b;
  if (operator === ts.SyntaxKind.AsteriskAsteriskToken) return a ** b;
  throw new Error(`not understood: ${ts.tokenToString(operator)}`);
}
