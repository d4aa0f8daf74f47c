/** What a walkthrough happens in: a KMS, other programs, and a directory for files. The demo and the tests share it. */

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type Answer = Readonly<Record<string, unknown>>;

/** The KMS as one principal has it. */
export interface Principal {
  /** @throws an error with AWS's name and message. */
  call(operation: string, input: object): Promise<Answer>;
}

/** A file for one member of an answer. */
export interface Into {
  readonly member: string;
  readonly file: string;
}

/** The KMS as one principal has it in a walkthrough. */
export interface Actor {
  /** @param into where the bytes of one member go. */
  call(operation: string, input: object, into?: Into): Promise<Answer>;
}

/** What a witness is told of a call. */
export interface Call {
  readonly operation: string;
  readonly input: object;
  readonly principalArn: string | undefined;
  readonly into: Into | undefined;
  /** The names under which values of the input were saved. */
  readonly files: ReadonlyMap<unknown, string>;
}

/** The KMS as everybody has it: the account's root when no ARN is given. */
export type As = (principalArn?: string) => Principal;

/** Is told of what happens, as it happens. */
export interface Witness {
  step(title: string): void;
  wrote(file: string, text: string): void;
  called(call: Call): void;
  answered(answer: Answer): void;
  refused(operation: string, name: string, message: string): void;
  ran(command: string, output: string): void;
  checked(sentence: string): void;
}

export interface WorldOptions {
  readonly as: As;
  /** An empty directory, which is the walkthrough's own. */
  readonly directory: string;
  readonly account: string;
  readonly witness?: Witness;
}

/** One walkthrough: what it is called on the command line, what it shows, and its steps. */
export interface Walkthrough {
  readonly name: string;
  readonly title: string;
  run(world: World): Promise<void>;
}

/** Something was not as the walkthrough says that it is. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
}

const PROGRAM_TIMEOUT_MS = 60_000;

export class World {
  readonly account: string;
  readonly #as: As;
  readonly #directory: string;
  readonly #witness: Witness | undefined;
  readonly #files = new Map<unknown, string>();

  constructor({ as, directory, account, witness }: WorldOptions) {
    this.account = account;
    this.#as = as;
    this.#directory = directory;
    this.#witness = witness;
  }

  step(title: string): void {
    this.#witness?.step(title);
  }

  /** The KMS as one principal has it; the account's root when no ARN is given. */
  as(principalArn?: string): Actor {
    const principal = this.#as(principalArn);
    return {
      call: async (operation, input, into) => {
        this.#witness?.called({ operation, input, principalArn, into, files: this.#files });
        try {
          const answer = await principal.call(operation, input);
          this.#witness?.answered(answer);
          if (into !== undefined) await this.save(into.file, bytesOf(answer, into.member));
          return answer;
        } catch (error) {
          if (error instanceof Error) this.#witness?.refused(operation, error.name, error.message);
          throw error;
        }
      },
    };
  }

  /**
   * Runs a command line in the directory; words are separated by single spaces, and there is no shell.
   * @returns what the program printed.
   * @throws CheckFailed when it ends with another status than this one.
   */
  async run(command: string, { status = 0 }: { readonly status?: number } = {}): Promise<string> {
    const result = await runProgram(command, this.#directory);
    this.#witness?.ran(command, result.output);
    if (result.status !== status) {
      throw new CheckFailed(`${command}: exit status ${result.status}, not ${status}\n${result.output}`);
    }
    return result.output;
  }

  /** Writes a file. The demo shows its name where the same value is an operation's input. */
  async save<T extends string | Uint8Array>(file: string, content: T): Promise<T> {
    await writeFile(join(this.#directory, file), content);
    this.#files.set(content, file);
    if (typeof content === "string") this.#witness?.wrote(file, content);
    return content;
  }

  async load(file: string): Promise<Uint8Array> {
    const content = new Uint8Array(await readFile(join(this.#directory, file)));
    this.#files.set(content, file);
    return content;
  }

  /** @throws CheckFailed when the condition does not hold. */
  check(condition: unknown, sentence: string): asserts condition {
    if (!condition) throw new CheckFailed(`not so: ${sentence}`);
    this.#witness?.checked(sentence);
  }

  /**
   * Checks that a call is refused with an exception of that name and, where it is given, that message.
   * @throws CheckFailed
   */
  async checkRefused(call: Promise<unknown>, name: string, message?: string): Promise<void> {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const came = error instanceof Error ? `${error.name}: ${error.message}` : "no error";
    const expected = message === undefined ? name : `${name}: ${message}`;
    const asExpected = error instanceof Error && error.name === name && (message ?? error.message) === error.message;
    if (!asExpected) throw new CheckFailed(`expected ${expected}; got ${came}`);
    this.#witness?.checked(`refused with ${name}`);
  }
}

interface ProgramResult {
  readonly status: number;
  readonly output: string;
}

function runProgram(command: string, directory: string): Promise<ProgramResult> {
  const [program = "", ...args] = command.split(" ");
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: directory, timeout: PROGRAM_TIMEOUT_MS }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") resolve({ status, output: `${stdout}${stderr}`.trim() });
      else reject(error);
    });
  });
}

/** A member of an answer that must be bytes. @throws CheckFailed */
export function bytesOf(answer: Answer, member: string): Uint8Array {
  const value = answer[member];
  if (!(value instanceof Uint8Array)) throw new CheckFailed(`the answer's ${member} is not bytes`);
  return value;
}

/** The new key's ARN in CreateKey's answer. @throws CheckFailed */
export function keyArnOf(answer: Answer): string {
  const { KeyMetadata } = answer;
  const arn = typeof KeyMetadata === "object" && KeyMetadata !== null && "Arn" in KeyMetadata && KeyMetadata.Arn;
  if (typeof arn !== "string") throw new CheckFailed("the answer has no KeyMetadata.Arn");
  return arn;
}
