/** Patterns with `*` (any run of characters) and `?` (any one character). */

const ANY_RUN = -1;
const ANY_ONE = -2;
const COLON = 0x3a;

/** What stands between two `*`: a text, or code units when there is a `?` among them. */
type Segment = string | readonly number[];

export interface Glob {
  /** UTF-16 code units and the two wildcards. */
  readonly codes: readonly number[];
  /** The text itself when there is no wildcard. */
  readonly literal: string | undefined;
  readonly segments: readonly Segment[];
}

/** The code units of a text; with `wildcards`, `*` and `?` become wildcards and a run of `*` becomes one. */
export function globCodes(text: string, wildcards: boolean): number[] {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (wildcards && character === "?") codes.push(ANY_ONE);
    else if (!wildcards || character !== "*") codes.push(text.charCodeAt(i));
    else if (codes.at(-1) !== ANY_RUN) codes.push(ANY_RUN);
  }
  return codes;
}

export function globOf(codes: readonly number[]): Glob {
  const segments: Segment[] = [];
  let start = 0;
  for (let i = 0; i <= codes.length; i++) {
    if (i < codes.length && codes[i] !== ANY_RUN) continue;
    const segment = codes.slice(start, i);
    segments.push(segment.includes(ANY_ONE) ? segment : textOf(segment));
    start = i + 1;
  }
  const [only] = segments;
  return { codes, literal: segments.length === 1 && typeof only === "string" ? only : undefined, segments };
}

/**
 * Whether the whole text matches. Each segment is taken at its first place and never moved again, so the work is at
 * most the product of the two lengths, whatever the pattern.
 */
export function globMatches({ literal, segments }: Glob, text: string): boolean {
  if (literal !== undefined) return literal === text;
  const first = segments[0]!;
  const last = segments.at(-1)!;
  if (segments.length === 1) return text.length === first.length && fits(first, text, 0);
  const end = text.length - last.length;
  if (!fits(first, text, 0) || !fits(last, text, end)) return false;
  let at = first.length;
  for (let i = 1; i < segments.length - 1; i++) {
    const segment = segments[i]!;
    const found = find(segment, text, at);
    if (found < 0) return false;
    at = found + segment.length;
  }
  return at <= end;
}

function find(segment: Segment, text: string, from: number): number {
  if (typeof segment === "string") return text.indexOf(segment, from);
  for (let at = from; at + segment.length <= text.length; at++) if (fits(segment, text, at)) return at;
  return -1;
}

function fits(segment: Segment, text: string, at: number): boolean {
  if (segment.length === 0) return true;
  if (typeof segment === "string") return text.startsWith(segment, at);
  for (let i = 0; i < segment.length; i++) {
    const code = segment[i];
    if (code !== ANY_ONE && code !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

function textOf(codes: readonly number[]): string {
  return codes.map((code) => String.fromCharCode(code)).join("");
}

/** The six components of an ARN pattern, of which the last keeps its colons; fewer when it has fewer. */
export function globComponents(glob: Glob): Glob[] {
  const components: Glob[] = [];
  let start = 0;
  for (let i = 0; i < glob.codes.length && components.length < 5; i++) {
    if (glob.codes[i] !== COLON) continue;
    components.push(globOf(glob.codes.slice(start, i)));
    start = i + 1;
  }
  components.push(globOf(glob.codes.slice(start)));
  return components;
}

/** The six components of an ARN, of which the last keeps its colons; fewer when it has fewer. */
export function arnComponents(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
