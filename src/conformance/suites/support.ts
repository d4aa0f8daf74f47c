/** What the suites share: how a case becomes a verdict, and how its fields are read. */

import { equalBytes, fromHex, toHex } from "../../bytes/bytes.ts";
import { CkrError } from "../../cryptoki/error.ts";
import type { CkrName } from "../../cryptoki/return-values.ts";
import { DerError } from "../../der/der-error.ts";
import { GENERAL_REFUSALS, lackOf } from "../module/refusals.ts";
import type { JsonObject } from "../parsers/json.ts";
import type { VectorFile } from "../parsers/manifest.ts";
import type { Fields } from "../parsers/text.ts";
import type { WycheproofCase } from "../parsers/wycheproof.ts";
import type { CaseResult, ModuleWatch, Suite, SuiteBench } from "../suite.ts";

/** One case of a file, ready to be run. */
export interface Trial {
  readonly id: string;
  readonly flags?: readonly string[];
  /** What the vector says of its input; `valid` unless told otherwise. */
  readonly result?: "valid" | "invalid" | "acceptable";
  /** The code of the reason for which the case is not run. */
  readonly skip?: string | undefined;
  /** The code of the reason for which this HSM refuses such an input on purpose, whatever the vector says of it. */
  readonly stricter?: string | undefined;
  /** Runs the case: what differs from the vector, or nothing. A refusal is thrown, by the token or as {@link Refusal}. */
  readonly run: () => string | undefined;
}

/** What a suite makes its cases from. */
export interface Input extends SuiteBench {
  readonly text: string;
  readonly file: VectorFile;
  /** The text of the file's results, of ACVP prompts only. */
  readonly results: string | undefined;
}

/** An encoding around a key or a signature that is refused before the token sees it. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";
}

/** What the token says of an input that it refuses; any other code is a fault of the token or of the suite. */
const REFUSALS: ReadonlySet<CkrName> = new Set([
  "ATTRIBUTE_VALUE_INVALID",
  "CURVE_NOT_SUPPORTED",
  "DATA_INVALID",
  "DATA_LEN_RANGE",
  "DOMAIN_PARAMS_INVALID",
  "ENCRYPTED_DATA_INVALID",
  "ENCRYPTED_DATA_LEN_RANGE",
  "KEY_SIZE_RANGE",
  "MECHANISM_PARAM_INVALID",
  "SIGNATURE_INVALID",
  "SIGNATURE_LEN_RANGE",
  "WRAPPED_KEY_INVALID",
  "WRAPPED_KEY_LEN_RANGE",
]);

const MODULE_REFUSALS: ReadonlySet<CkrName> = new Set([...REFUSALS, ...GENERAL_REFUSALS]);

/** A suite from its claim on files and its cases. */
export function suite(name: string, algorithm: string, claims: (file: VectorFile) => boolean, trials: Trials): Suite {
  return {
    name,
    algorithm,
    claims,
    *run(text, file, bench, only, results) {
      for (const trial of trials({ text, file, results, ...bench })) {
        if (only === undefined || only.has(trial.id)) yield judge(trial, bench.module);
      }
    },
  };
}

type Trials = (input: Input) => Iterable<Trial>;

/** The trials of a suite whose files have several formats, by format. */
export function byFormat(formats: Readonly<Partial<Record<VectorFile["format"], Trials>>>, others: Trials): Trials {
  return (input) => (formats[input.file.format] ?? others)(input);
}

/**
 * The verdict on a case; whether an acceptable one should have been accepted is for the flag policy to say. A case that
 * this HSM should refuse on purpose and does not is failed: the table would lie.
 */
export function judge(trial: Trial, module?: ModuleWatch): CaseResult {
  const { id, flags, result = "valid" } = trial;
  const base = flags === undefined || flags.length === 0 ? { id } : { id, flags };
  if (trial.skip !== undefined) return { ...base, verdict: "skipped", reason: trial.skip };
  return { ...base, ...(module === undefined ? ownVerdict(trial, result) : moduleVerdict(trial, result, module)) };
}

/** Reasons of cases that are run no further than to the refusal of what our token lacks: taking it proves nothing. */
const ONLY_REFUSED: ReadonlySet<string> = new Set([
  "iv-of-implementation",
  "kw-inverse-cipher",
  "no-curve",
  "no-mechanism",
]);

type Judgement = Omit<CaseResult, "id" | "flags">;
type Result = NonNullable<Trial["result"]>;

function ownVerdict(trial: Trial, result: Result): Judgement {
  const { stricter } = trial;
  const outcome = attempt(trial, REFUSALS);
  if (stricter === undefined || outcome.kind === "error") return verdictOn(outcome, result);
  return outcome.kind === "refused"
    ? { verdict: "stricter-reject", reason: stricter }
    : { verdict: "failed", detail: `expected to be refused: ${stricter}` };
}

/**
 * Another module is held to the vectors alone: what this HSM refuses on purpose, a module may accept. What it says that
 * it does not have is skipped, and so is a case that ended before the module was asked.
 */
function moduleVerdict(trial: Trial, result: Result, module: ModuleWatch): Judgement {
  module.begin(trial.id);
  const outcome = attempt(trial, MODULE_REFUSALS);
  const lack = "error" in outcome ? lackOf(outcome.error, result) : undefined;
  if (lack !== undefined) return { verdict: "skipped", reason: lack };
  if (outcome.kind === "accepted" && ONLY_REFUSED.has(trial.stricter ?? ""))
    return { verdict: "skipped", reason: trial.stricter as string };
  if (outcome.kind !== "error" && !module.wasCalled()) return { verdict: "skipped", reason: "not-through-pkcs11" };
  return verdictOn(outcome, result);
}

function verdictOn(outcome: Outcome, result: Result): Judgement {
  if (outcome.kind === "error") return { verdict: "error", detail: outcome.detail };
  if (outcome.kind === "refused") {
    if (result === "invalid") return { verdict: "passed" };
    if (result === "acceptable") return { verdict: "rejected-acceptable" };
    return { verdict: "failed", detail: `a valid case is refused: ${outcome.detail}` };
  }
  if (result === "invalid") return { verdict: "failed", detail: "an invalid case is accepted" };
  if (outcome.detail !== undefined) return { verdict: "failed", detail: outcome.detail };
  return { verdict: result === "acceptable" ? "accepted-acceptable" : "passed" };
}

type Outcome =
  | { readonly kind: "accepted"; readonly detail: string | undefined }
  | { readonly kind: "refused" | "error"; readonly detail: string; readonly error: unknown };

function attempt(trial: Trial, refusals: ReadonlySet<CkrName>): Outcome {
  try {
    return { kind: "accepted", detail: trial.run() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: isRefusal(error, refusals) ? "refused" : "error", detail, error };
  }
}

/** Whether an input was refused, by the token or before it; any other error is a fault. */
export function isRefusal(error: unknown, refusals: ReadonlySet<CkrName> = REFUSALS): boolean {
  return error instanceof CkrError ? refusals.has(error.ckr) : error instanceof Refusal;
}

/** What differs between an output and the one that the vector has. */
export function difference(found: Uint8Array, expected: Uint8Array): string | undefined {
  return equalBytes(found, expected) ? undefined : `expected ${excerpt(expected)}, found ${excerpt(found)}`;
}

function excerpt(bytes: Uint8Array): string {
  const most = 80;
  return bytes.length > most ? `${toHex(bytes.subarray(0, most))}… (${bytes.length} bytes)` : toHex(bytes) || "nothing";
}

/** The first of several differences. */
export function firstOf(...differences: (string | undefined)[]): string | undefined {
  return differences.find((found) => found !== undefined);
}

/** The id, flags and result of a Wycheproof case. */
export function caseOf({ id, flags, result }: WycheproofCase): Pick<Trial, "id" | "flags" | "result"> {
  return { id, flags, result };
}

/** A field of a case, `""` where it is missing: the bytes of a hexadecimal string, or the text itself. */
export function bytesAt(fields: JsonObject | Fields, name: string): Uint8Array {
  return fromHex(textAt(fields, name));
}

export function textAt(fields: JsonObject | Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new TypeError(`the case has no ${name}`);
  return value;
}

export function numberAt(fields: JsonObject | Fields, name: string): number {
  const value = Number(fields[name]);
  if (!Number.isSafeInteger(value)) throw new TypeError(`the case has no number ${name}`);
  return value;
}

/** Runs a decoder of src/der. @throws Refusal for its DerError */
export function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof DerError ? new Refusal(error.message) : error;
  }
}
