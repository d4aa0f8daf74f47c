/**
 * Writes the arithmetic of prime fields, and of curves over them, as unrolled TypeScript: the modules beside this file.
 *
 * A number is L limbs of 24 bits in a Float64Array, balanced (−2²³ to 2²³ and a little); 2^(24·L) is at least 2⁷ times
 * the prime. Products are reduced by folding, where 2^(24·L) mod the prime is one limb or two, and by Montgomery's method
 * with R = 2^(24·L) elsewhere; numbers are then kept times R. A double holds integers up to 2⁵³ exactly, so a column of a
 * product may hold a sum of up to 127 products of two such limbs. An operand's *weight* says how many times a limb of it
 * may be larger than 2²³; sums are not carried until a product would get above that limit. The generator keeps count, so
 * that no formula has to. test/crypto/field/exactness.test.ts proves it of what is written. No branch and no index depends on
 * a value.
 *
 * Rounding to a multiple of 2²⁴ is `(c + M) − M` with M = 3·2⁷⁵: between 2⁷⁶ and 2⁷⁷ doubles are 2²⁴ apart.
 */

import { BITS, digits, limbsOf } from "./digits.ts";

const BASE = 1n << 24n;
/** Sums of products of limbs that stay exact: 2⁵³ / 2⁴⁶, less one for what the limbs and the carries are above 2²³. */
const CAPACITY = 127;

/** Above this, V8 compiles the sum of two products so badly that two products are faster. */
const LIMBS_OF_TWO_PRODUCTS = 17;

/** A product, a sum of products, or a sum of multiples. */
type Step =
  | { readonly to: string; readonly products: readonly (readonly [string, string])[] }
  | { readonly to: string; readonly sum: Readonly<Record<string, number>> };

export interface Formula {
  readonly name: string;
  readonly doc: string;
  /** Parameter to its parts: `{ p: ["X", "Y"] }` makes the operands pX and pY of p.X and p.Y. */
  readonly operands: Readonly<Record<string, readonly string[]>>;
  /** Of the parameters that have parts, and of the result; `Point` if it is not said. */
  readonly type?: string;
  readonly steps: readonly Step[];
}

export interface Field {
  readonly prime: bigint;
  /** The module, beside the generated one, of the types that formulas name. */
  readonly types: string;
  /** Constants that formulas name, by their values. */
  readonly constants: Readonly<Record<string, bigint>>;
  readonly formulas: readonly Formula[];
  /** Products of two numbers alone: half the text at nine tenths of the speed, for what few ask for. */
  readonly isShort?: boolean;
}

/** A product `to = a · b`, or the sum of several. */
export const product = (to: string, ...products: readonly (readonly [string, string])[]): Step => ({ to, products });
/** A sum `to = Σ factor · operand`. */
export const sum = (to: string, terms: Readonly<Record<string, number>>): Step => ({ to, sum: terms });

/** The module of a field. */
export function fieldModule(title: string, field: Field): string {
  const { prime } = field;
  const limbs = limbsOf(prime);
  const isShort = field.isShort === true;
  const compiled = field.formulas.map((formula) => compile(formula, limbs, isShort));
  const temporaries = [...new Set(compiled.flatMap(({ temporaries }) => temporaries))].sort();
  const types = [...new Set(field.formulas.map(typeOf))].sort();
  const hasTwoProducts = compiled.some(({ text }) => text.includes(" mul2("));
  return `${headOf(title)}
import type { ${types.join(", ")} } from "./${field.types}.ts";

${factsOf(prime)}
${constantsOf({ ...field.constants, ONE: 1n }, prime)}

${multiplication("mul", "r = a · b", prime, limbs, [["a", "b"]])}
${isShort ? SQUARE_BY_PRODUCT : multiplication("sqr", "r = a²", prime, limbs, [["a", "a"]])}
${
  hasTwoProducts
    ? multiplication("mul2", "r = a · b + c · d", prime, limbs, [
        ["a", "b"],
        ["c", "d"],
      ])
    : ""
}
const temporaries = Array.from({ length: ${temporaries.length} }, () => new Float64Array(${limbs}));
const [${temporaries.join(", ")}] = temporaries;

${compiled.map(({ text }) => text).join("\n\n")}
${compiled.some(({ text }) => text.includes(" center(")) ? centering(prime, limbs) : ""}
/** Forgets what the last calls left behind. */
export function wipe(): void {
  for (const temporary of temporaries) temporary.fill(0);
}
`;
}

const SQUARE_BY_PRODUCT = `/** r = a². The result may be an operand. */
export function sqr(r: Float64Array, a: Float64Array): void {
  mul(r, a, a);
}
`;

/** The module of the order of a group, a prime: products alone. */
export function orderModule(title: string, prime: bigint): string {
  return `${headOf(title)}
${factsOf(prime)}

${multiplication("mul", "r = a · b", prime, limbsOf(prime), [["a", "b"]])}`;
}

function headOf(title: string): string {
  return `/** ${title}. Written by generator.ts; not to be edited by hand. */

// biome-ignore-all format: generated
// biome-ignore-all lint/style/useConst: generated
`;
}

/** What products need to know of the prime. */
function factsOf(prime: bigint): string {
  const limbs = limbsOf(prime);
  const R = factorOf(prime);
  return `/** Limbs of a number. */
export const LIMBS = ${limbs};
/** Bits of the prime. */
export const BITS = ${prime.toString(2).length};

const M = 3 * 2 ** 75;
const I = 2 ** -24;

/** The prime, in limbs. */
export const PRIME: Float64Array = Float64Array.of(${digits(prime, limbs).join(", ")});
/** A product with it brings a number into the form that it is kept in: R² mod the prime, where numbers are kept times R. */
export const RR: Float64Array = Float64Array.of(${digits((R * R) % prime, limbs).join(", ")});`;
}

/** Numbers that formulas name, in the form that they are kept in. */
function constantsOf(constants: Readonly<Record<string, bigint>>, prime: bigint): string {
  const lines = Object.entries(constants).map(([name, value]) => {
    const form = digits((((value % prime) + prime) * factorOf(prime)) % prime, limbsOf(prime)).join(", ");
    return `export const ${name}: Float64Array = Float64Array.of(${form});`;
  });
  return lines.join("\n");
}

/** R: what numbers are kept times. */
function factorOf(prime: bigint): bigint {
  return isFolded(prime) ? 1n : 1n << BigInt(BITS * limbsOf(prime));
}

/**
 * Whether products are reduced by folding, and numbers kept as they are: where 2^(24·L) mod the prime is small, and a
 * step of Montgomery's method would need a product of its own.
 */
export function isFolded(prime: bigint): boolean {
  return prime % BASE !== BASE - 1n && 2n ** BigInt(BITS * limbsOf(prime)) % prime < 2n ** 42n;
}

/** The digits of a power of two mod the prime, one or two. */
function foldAt(prime: bigint, bits: number): readonly number[] {
  const rest = 2n ** BigInt(bits) % prime;
  return digits(rest, rest < 2n ** 23n ? 1 : 2);
}

/** A function that multiplies, column by column, and reduces by Montgomery's method. */
function multiplication(
  name: string,
  doc: string,
  prime: bigint,
  limbs: number,
  pairs: readonly (readonly [string, string])[],
): string {
  const operands = [...new Set(pairs.flat())].map((name) => `${name}: Float64Array`);
  // One product after the other: fewer values are alive at once.
  const columns = pairs.flatMap(([a, b], n) => [
    ...[...new Set([a, b])].map(
      (operand) =>
        `  const ${Array.from({ length: limbs }, (_, i) => `${operand}${i} = ${operand}[${i}]`).join(", ")};`,
    ),
    ...Array.from({ length: 2 * limbs - 1 }, (_, k) => {
      return `  ${n > 0 ? "" : "let "}z${k} ${n === 0 ? "=" : "+="} ${column(a, b, k, limbs)};`;
    }),
  ]);
  return `/** ${doc}. The result may be an operand. */
export function ${name}(r: Float64Array, ${operands.join(", ")}): void {
${[...columns, ...reduction(prime, limbs)].join("\n")}
}
`;
}

function column(a: string, b: string, k: number, limbs: number): string {
  const terms: string[] = [];
  for (let i = Math.max(0, k - limbs + 1); i <= Math.min(k, limbs - 1); i++) {
    const j = k - i;
    if (a !== b || i === j) terms.push(`${a}${i} * ${b}${j}`);
    else if (i < j) terms.push(`2 * ${a}${i} * ${b}${j}`);
  }
  return terms.join(" + ");
}

function reduction(prime: bigint, limbs: number): string[] {
  return isFolded(prime) ? folding(prime, limbs) : montgomery(prime, limbs);
}

/** A multiple of the prime makes each low column 0; what is above is carried twice, all limbs at once. */
function montgomery(prime: bigint, limbs: number): string[] {
  const parts = digits(prime, limbs);
  const factor = Number(BigInt.asIntN(BITS, -inverse(prime)));
  const lines = ["  let h: number;", "  let m: number;"];
  for (let i = 0; i < limbs; i++) {
    lines.push(`  h = z${i} + M - M;`, `  m = z${i} - h;`);
    if (factor === 1) lines.push(`  z${i + 1} += h * I;`);
    else {
      lines.push(`  m *= ${factor};`, `  m -= m + M - M;`);
      lines.push(`  z${i + 1} += (z${i} + m * ${parts[0]}) * I;`);
    }
    parts.forEach((part, k) => {
      if (k > 0 && part !== 0) lines.push(`  z${i + k} ${times("m", part)};`);
    });
  }
  const high = Array.from({ length: limbs - 1 }, (_, k) => `z${limbs + k}`);
  high.forEach((z, k) => {
    lines.push(`  const h${k} = ${z} + M - M;`, `  const e${k} = ${z} - h${k}${carry("h", k)};`);
  });
  high.forEach((_, k) => {
    lines.push(`  const g${k} = e${k} + M - M;`, `  r[${k}] = e${k} - g${k}${carry("g", k)};`);
  });
  return [...lines, `  r[${limbs - 1}] = (h${limbs - 2} + g${limbs - 2}) * I;`];
}

/** A carry that is not carried again, 2³⁰ at most, stays exact times a fold below this and beside a column's products. */
const SMALL_FOLD = 2 ** 15;

/**
 * The high columns are carried, twice if the fold is not small, and come down times the fold; then the low ones are
 * carried, all limbs at once, what they carry out comes down too, and so do the bits above the prime's; then they are
 * carried again. After that only the limbs behind those that something came down to can be above 2²³ by more than a little.
 */
function folding(prime: bigint, limbs: number): string[] {
  const last = limbs - 1;
  const topBits = prime.toString(2).length - BITS * last;
  const far = foldAt(prime, BITS * limbs);
  const near = foldAt(prime, BITS * last + topBits);
  const isSmall = far.every((factor) => Math.abs(factor) < SMALL_FOLD);
  const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
  const down = (fold: readonly number[], part: string, name: (place: number) => string): string[] =>
    fold.map((factor, j) => `  ${name(j)} ${times(part, factor)};`);
  const round = (to: string, from: string, high: string, count: number, offset = 0): string[] =>
    range(count).flatMap((k) => [
      `  const ${high}${k} = ${from}${k + offset} + M - M;`,
      `  let ${to}${k} = ${from}${k + offset} - ${high}${k}${carry(high, k)};`,
    ]);
  const again = [...round("f", "e", "g", last - 1), `  const f${last - 1} = e${last - 1}${carry("g", last - 1)};`];
  return [
    ...round("e", "z", "h", last, limbs),
    `  const top = h${last - 1} * I;`,
    ...down(far, "top", (j) => (j === 0 ? `z${last}` : "e0")),
    ...(isSmall ? [] : again),
    ...range(last).flatMap((k) => down(far, `${isSmall ? "e" : "f"}${k}`, (j) => `z${k + j}`)),
    ...round("p", "z", "v", limbs),
    `  const out = v${last} * I;`,
    ...down(far, "out", (j) => `p${j}`),
    `  const s = p${last} + 3 * 2 ** ${51 + topBits} - 3 * 2 ** ${51 + topBits};`,
    `  const over = s * ${2 ** -topBits};`,
    ...down(near, "over", (j) => `p${j}`),
    ...round("q", "p", "w", last),
    ...range(far.length).flatMap((k) => [
      `  const u${k + 1} = q${k + 1} + M - M;`,
      `  q${k + 1} -= u${k + 1};`,
      `  q${k + 2} += u${k + 1} * I;`,
    ]),
    ...range(last).map((k) => `  r[${k}] = q${k};`),
    `  r[${last}] = p${last} - s${carry("w", last)};`,
  ];
}

/** A sum of products that were reduced apart, twice the size of one: without this it would grow from point to point. */
function centering(prime: bigint, limbs: number): string {
  const last = limbs - 1;
  const parts = digits(prime, limbs);
  const topBits = Math.log2(parts[last] as number);
  const lines = parts.slice(0, last).flatMap((part, k) => (part === 0 ? [] : [`  r[${k}] ${times("over", -part)};`]));
  return `
/** Takes the prime from r as often as it is in the highest limb, rounded: about half of it is left at most. */
function center(r: Float64Array): void {
  const s = r[${last}] + 3 * 2 ** ${51 + topBits} - 3 * 2 ** ${51 + topBits};
  const over = s * ${2 ** -topBits};
${lines.join("\n")}
  r[${last}] -= s;
}
`;
}

const carry = (name: string, k: number): string => (k === 0 ? "" : ` + ${name}${k - 1} * I`);

function times(name: string, factor: number): string {
  const product = Math.abs(factor) === 1 ? name : `${name} * ${Math.abs(factor)}`;
  return factor > 0 ? `+= ${product}` : `-= ${product}`;
}

/** 1 / value mod 2²⁴, by Newton's iteration. */
function inverse(value: bigint): bigint {
  let x = 1n;
  for (let bits = 1; bits < BITS; bits *= 2) x = (x * (2n - value * x)) % BASE;
  return x;
}

interface Compiled {
  readonly text: string;
  readonly temporaries: readonly string[];
}

/** A formula's function, with sums carried where a product would not be exact otherwise. */
function compile(formula: Formula, limbs: number, isShort: boolean): Compiled {
  const isApart = limbs > LIMBS_OF_TWO_PRODUCTS || isShort;
  const steps = isApart ? formula.steps.flatMap(apart) : formula.steps;
  const isResult = (name: string): boolean => name.startsWith("r");
  const carried = new Set(steps.map(({ to }) => to).filter(isResult));
  const limit = Math.floor(CAPACITY / limbs);
  for (let heavy = tooHeavy(steps, carried, limit); heavy !== undefined; heavy = tooHeavy(steps, carried, limit)) {
    carried.add(heavy);
  }
  const temporaries = steps.map(({ to }) => to).filter((to) => !isResult(to));
  const parameters = Object.entries({ r: resultOf(formula), ...formula.operands });
  const signature = parameters.map(
    ([name, parts]) => `${name}: ${parts.length === 0 ? "Float64Array" : typeOf(formula)}`,
  );
  const unpack = parameters.flatMap(([name, parts]) =>
    parts.map((part) => `  const ${name}${part} = ${name}.${part};`),
  );
  const body = steps.flatMap((step) => {
    if (!("sum" in step)) return [call(step)];
    const added = addition(step, carried.has(step.to), limbs);
    return isResult(step.to) ? [added, `  center(${step.to});`] : [added];
  });
  const text = `/** ${formula.doc} The result may be an operand. */
export function ${formula.name}(${signature.join(", ")}): void {
${[...unpack, ...body].join("\n")}
}`;
  return { text, temporaries };
}

/** A sum of two products, each with a reduction of its own. */
function apart(step: Step): Step[] {
  if (!("products" in step) || step.products.length === 1) return [step];
  const [first, second] = step.products;
  return [
    { to: "PRODUCT1", products: [first as readonly [string, string]] },
    { to: "PRODUCT2", products: [second as readonly [string, string]] },
    { to: step.to, sum: { PRODUCT1: 1, PRODUCT2: 1 } },
  ];
}

const typeOf = ({ type = "Point" }: Formula): string => type;

function resultOf({ steps }: Formula): readonly string[] {
  return steps
    .filter(({ to }) => /^r[A-Z]$/.test(to))
    .map(({ to }) => to.slice(1))
    .sort();
}

/** The heaviest sum in the first product that is not exact. */
function tooHeavy(steps: readonly Step[], carried: ReadonlySet<string>, limit: number): string | undefined {
  const weights = new Map<string, number>();
  const weight = (name: string): number => weights.get(name) ?? 1;
  for (const step of steps) {
    if ("sum" in step) {
      const total = Object.entries(step.sum).reduce((sum, [name, factor]) => sum + Math.abs(factor) * weight(name), 0);
      weights.set(step.to, carried.has(step.to) ? 1 : total);
      continue;
    }
    weights.set(step.to, 1);
    if (step.products.reduce((sum, [a, b]) => sum + weight(a) * weight(b), 0) <= limit) continue;
    const heaviest = step.products.flat().reduce((a, b) => (weight(b) > weight(a) ? b : a));
    if (weight(heaviest) <= 1) throw new Error(`${step.to} cannot be made exact`);
    return heaviest;
  }
  return undefined;
}

function call({
  to,
  products,
}: {
  readonly to: string;
  readonly products: readonly (readonly [string, string])[];
}): string {
  const [first] = products;
  if (products.length === 2) return `  mul2(${to}, ${products.flat().join(", ")});`;
  if (first?.[0] === first?.[1]) return `  sqr(${to}, ${first?.[0]});`;
  return `  mul(${to}, ${first?.join(", ")});`;
}

function addition(
  { to, sum: terms }: { readonly to: string; readonly sum: Readonly<Record<string, number>> },
  isCarried: boolean,
  limbs: number,
): string {
  const text = Object.entries(terms)
    .map(([name, factor], i) => {
      const magnitude = Math.abs(factor) === 1 ? `${name}[i]` : `${Math.abs(factor)} * ${name}[i]`;
      return i === 0 ? (factor < 0 ? `-${magnitude}` : magnitude) : `${factor < 0 ? "-" : "+"} ${magnitude}`;
    })
    .join(" ");
  if (!isCarried) return `  for (let i = 0; i < ${limbs}; i++) ${to}[i] = ${text};`;
  return `  for (let i = 0, carry = 0; i < ${limbs}; i++) {
    const v = ${text};
    const h = i < ${limbs - 1} ? v + M - M : 0;
    ${to}[i] = v - h + carry;
    carry = h * I;
  }`;
}
