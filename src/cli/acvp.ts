/** `pocket-hsm acvp`: answers to prompts of NIST's Automated Cryptographic Validation Protocol, and checks of answers. */

import { readFileSync } from "node:fs";
import { type AcvpOmission, type AcvpRun, answerAcvp } from "../conformance/acvp/answer.ts";
import { acvpCapabilities } from "../conformance/acvp/capabilities.ts";
import { type AcvpCheck, checkAcvp } from "../conformance/acvp/check.ts";
import { bitsOfLargeMessage } from "../conformance/acvp/handlers/large-message.ts";
import { createBench } from "../conformance/bench.ts";
import { parseAcvp } from "../conformance/parsers/acvp.ts";
import type { JsonValue } from "../conformance/parsers/json.ts";
import { VectorFormatError } from "../conformance/parsers/text.ts";
import { REASONS } from "../conformance/policy.ts";
import type { Bench } from "../conformance/suite.ts";
import { CommandError } from "./command-error.ts";
import { engineNameOf, engineOf } from "./verify/engines.ts";

/** The options as read. */
export interface AcvpSettings {
  readonly check?: string;
  readonly response?: string;
  readonly engine: "pure" | "node";
  readonly hardened?: true;
  readonly capabilities?: true;
}

/**
 * Writes the response to standard output and what there is to say of it to standard error. The exit status is 0 when
 * there are answers and all of them are as expected, as far as that was asked for, and 1 otherwise.
 * @throws CommandError for options that make no sense together and for files that cannot be read
 */
export async function acvp(prompt: string | undefined, settings: AcvpSettings): Promise<0 | 1> {
  const { check, response, engine, hardened, capabilities } = settings;
  if (capabilities) return registration(prompt, settings);
  if (response !== undefined && check === undefined) throw new CommandError("--response needs --check FILE");
  const asked = textOf(prompt ?? "-");
  const expected = check === undefined ? undefined : textOf(check);
  const bench = createBench(await engineOf(engineNameOf(engine, hardened)));
  if (response !== undefined) return tell(checkAcvp(asked, textOf(response), expected ?? "", bench));
  if (engine === "pure") warnOfLargeMessages(asked);
  return answer(asked, expected, bench);
}

function registration(prompt: string | undefined, { check, response }: AcvpSettings): 0 {
  if (prompt !== undefined || check !== undefined || response !== undefined)
    throw new CommandError("--capabilities goes with no file");
  write(acvpCapabilities());
  return 0;
}

function answer(prompt: string, expected: string | undefined, bench: Bench): 0 | 1 {
  const run = answerAcvp(prompt, bench);
  write(run.response);
  for (const line of omissionLines(run.unanswered)) say(line);
  for (const { tgId, tcId, message } of run.faults) say(`tgId ${tgId}, tcId ${tcId}: error: ${message}`);
  const { answered, unanswered, faults } = run;
  if (answered === 0 || expected === undefined) {
    say(`${answered} tests answered, ${unanswered.length} not answered${faultsOf(run)}`);
    return answered > 0 && faults.length === 0 ? 0 : 1;
  }
  const status = tell(checkAcvp(prompt, JSON.stringify(run.response), expected, bench));
  return faults.length === 0 ? status : 1;
}

/** Gigabytes take their time, and a command that says nothing for minutes looks broken. */
function warnOfLargeMessages(prompt: string): void {
  const lengths = parseAcvp(prompt).cases.map(({ test }) => bitsOfLargeMessage(test));
  const gibibytes = lengths.reduce((sum, bits) => sum + bits, 0) / 2 ** 33;
  if (gibibytes >= 0.1) say(`${gibibytes.toFixed(1)} GiB of large messages; --engine node takes a tenth of the time`);
}

function faultsOf({ faults }: AcvpRun): string {
  return faults.length === 0 ? "" : `, ${faults.length} ended in an error`;
}

/** One line for each reason, what was missing, and the groups in which it came. */
function omissionLines(omissions: readonly AcvpOmission[]): string[] {
  const kinds = new Map<string, AcvpOmission[]>();
  for (const one of omissions) {
    const kind = `${one.reason}: ${one.message}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return [...kinds.values()].map((all) => {
    const [{ reason = "", message = "" } = {}] = all;
    const groups = listed([...new Set(all.map(({ tgId }) => tgId))]);
    return `${all.length} not answered (${reason}: ${REASONS[reason] ?? reason}): ${message}; tgId ${groups}`;
  });
}

function listed(ids: readonly number[]): string {
  const most = 12;
  const more = ids.length > most ? ` and ${ids.length - most} more` : "";
  return `${ids.slice(0, most).join(", ")}${more}`;
}

function tell({ matched, verified, unanswered, differences }: AcvpCheck): 0 | 1 {
  for (const { tgId, tcId, message } of differences) say(`tgId ${tgId}, tcId ${tcId}: ${message}`);
  say(`${matched} matched, ${verified} verified, ${differences.length} failed, ${unanswered} not answered`);
  return differences.length === 0 && matched + verified > 0 ? 0 : 1;
}

/** Standard output is for JSON alone. */
function write(value: JsonValue): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * The text of an ACVP file; `-` is standard input, and a byte order mark is no JSON.
 * @throws CommandError
 */
function textOf(file: string): string {
  try {
    const text = readFileSync(file === "-" ? 0 : file, "utf8").replace(/^\uFEFF/, "");
    parseAcvp(text);
    return text;
  } catch (error) {
    if (error instanceof VectorFormatError) throw new CommandError(`${file}: ${error.message}`);
    throw new CommandError(`${file} cannot be read: ${String((error as NodeJS.ErrnoException).code)}`);
  }
}
