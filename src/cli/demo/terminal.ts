/** The demo's story on a terminal: what a reader would type, and what comes back. */

import { toHex } from "../../bytes/bytes.ts";
import type { Answer, Call, Witness } from "./world.ts";

export interface TerminalOptions {
  readonly write: (text: string) => void;
  readonly color: boolean;
}

export interface Terminal extends Witness {
  title(text: string): void;
  /** How many checks were passed since the last title. */
  checks(): number;
  failed(message: string): void;
}

const LINE_WIDTH = 110;
/** SGR codes (ECMA-48, 8.3.117). */
const BOLD = "1";
const DIM = "2";
const GREEN = "32";
const RED = "31";

export function createTerminal({ write, color }: TerminalOptions): Terminal {
  const paint = (code: string, text: string): string => (color ? `\u001B[${code}m${text}\u001B[0m` : text);
  const line = (text: string): void => write(`${text}\n`);
  const indented = (text: string): void => {
    for (const one of text.split("\n")) line(`    ${paint(DIM, one)}`.trimEnd());
  };
  let checks = 0;
  return {
    title(text) {
      checks = 0;
      line(`\n${paint(BOLD, text)}\n${paint(BOLD, "=".repeat(text.length))}`);
    },
    checks: () => checks,
    failed: (message) => line(`  ${paint(RED, "FAILED")}  ${message}`),
    step: (title) => line(`\n${title}`),
    wrote(file, text) {
      line(`  ${paint(DIM, "$")} cat ${file}`);
      indented(text.trim());
    },
    called(call) {
      line(`  ${paint(DIM, "$")} ${wrap(awsCommand(call))}`);
    },
    answered(answer) {
      for (const text of summary(answer)) indented(text);
    },
    refused(operation, name, message) {
      indented(`An error occurred (${name}) when calling the ${operation} operation: ${unlessUnknown(message)}`);
    },
    ran(command, output) {
      line(`  ${paint(DIM, "$")} ${wrap(command)}`);
      if (output !== "") indented(output);
    },
    checked(sentence) {
      checks++;
      line(`  ${paint(GREEN, "ok")}  ${sentence}`);
    },
  };
}

/** The call as a reader would make it with the AWS command line; a role's is made with a profile of its name. */
function awsCommand({ operation, input, principalArn, into, files }: Call): string {
  const words = ["aws kms", kebab(operation)];
  for (const [member, value] of Object.entries(input)) words.push(`--${kebab(member)}`, argument(value, files));
  if (principalArn !== undefined) words.push("--profile", principalArn.slice(principalArn.lastIndexOf("/") + 1));
  if (into !== undefined) words.push(`--output text --query ${into.member} | base64 --decode > ${into.file}`);
  return words.join(" ");
}

function argument(value: unknown, files: ReadonlyMap<unknown, string>): string {
  const file = files.get(value);
  if (value instanceof Uint8Array) return file === undefined ? `fileb://(${value.length} bytes)` : `fileb://${file}`;
  if (file !== undefined) return `file://${file}`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`;
}

/** In AWS's words: an exception that comes without a message is given this one by the SDK and by `kms.client()`. */
function unlessUnknown(message: string): string {
  return message === "UnknownError" ? "" : message;
}

/** `GetPublicKey` as `get-public-key`. */
function kebab(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

/** What is new in an answer: the ARN of a key that was made, bytes, and verdicts. The rest repeats the input. */
function summary(answer: Answer): string[] {
  return Object.entries(answer).flatMap(([member, value]) => {
    if (value instanceof Uint8Array) return [`${member}: ${value.length} bytes, ${hexStart(value)}`];
    if (typeof value === "boolean") return [`${member}: ${value}`];
    if (typeof value === "object" && value !== null && "Arn" in value) return [`${member}.Arn: ${value.Arn}`];
    return [];
  });
}

const SHOWN_BYTES = 16;

function hexStart(bytes: Uint8Array): string {
  return toHex(bytes.subarray(0, SHOWN_BYTES)) + (bytes.length > SHOWN_BYTES ? "…" : "");
}

/** Breaks a command before its options and pipes, as a shell would read it. */
function wrap(command: string): string {
  const lines: string[] = [];
  for (const part of command.split(/(?<!base64) (?=-|\|)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < LINE_WIDTH) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines.join(" \\\n      ");
}
