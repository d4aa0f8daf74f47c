import * as constants from "../../cryptoki/pkcs11t.ts";
import { returnValueOf } from "../c/returned.ts";

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries<number>(constants as Readonly<Record<string, number>>)
    .filter(([name]) => name.startsWith("CKR_"))
    .map(([name, code]) => [code, name]),
);

/** An error of pkcs11js. A message `NAME:code` is split; its further lines are where it came from. */
export class NativeError extends Error {
  override readonly name: string = "NativeError";
  readonly code: number;
  readonly method: string;
  readonly nativeStack: string;

  constructor(message = "", method = "", options?: ErrorOptions) {
    const [first = "", ...stack] = message.split("\n");
    const coded = /(\w+):(\d+)/.exec(message);
    super(coded?.[1] ?? first, options);
    this.code = Number(coded?.[2] ?? 0);
    this.method = /at PKCS11\.(\w+) \(/.exec(stack[0] ?? "")?.[1] ?? method;
    this.nativeStack = coded ? stack.join("\n") : "";
  }
}

/** A return value other than CKR_OK: its name in `message`, its number in `code`; `cause` says what was wrong. */
export class Pkcs11Error extends NativeError {
  static readonly messageReg: RegExp = /(CKR_[^:]+):(\d+)/;
  override readonly name: string = "Pkcs11Error";
  override readonly code: number;

  constructor(message = "", code = 0, method = "", options?: ErrorOptions) {
    super(message, method, options);
    this.code = Number(Pkcs11Error.messageReg.exec(message)?.[2] ?? code);
  }

  static isPkcs11(message: string): boolean {
    return Pkcs11Error.messageReg.test(message);
  }
}

/** What the caller gets to see of an error: wrong types as they are, return values as {@link Pkcs11Error}. */
export function outward(error: unknown, method: string): Error {
  if (error instanceof TypeError || error instanceof NativeError) return error;
  const code = returnValueOf(error);
  if (code !== undefined) {
    const name = NAMES.get(code) ?? "CKR_VENDOR_DEFINED";
    const stack = ((error as Error).stack ?? "").split("\n").slice(1).join("\n");
    return new Pkcs11Error(`${name}:${code}\n${stack}`, code, method, { cause: error });
  }
  return new NativeError(error instanceof Error ? error.message : "unknown error", method, { cause: error });
}
