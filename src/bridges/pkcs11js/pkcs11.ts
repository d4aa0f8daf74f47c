import { Application } from "../c/application.ts";
import { type Call, requireCount } from "./arguments.ts";
import { NativeError, outward } from "./errors.ts";
import { general, inSlices, keys, operations, sessions } from "./functions.ts";
import { type Library, loadLibrary } from "./library.ts";
import type { AllFunctions, AsyncName, Callback, FunctionName } from "./types.ts";

/** A PKCS #11 library as pkcs11js shows it, over an HSM in this process. */
export interface PKCS11 extends AllFunctions {
  /** What has been loaded. */
  libPath: string;
  /** @throws Error for anything but an HSM, options of one, or text that gives such options */
  load(library: Library): void;
  /** Lets go of the library. Sessions that C_Finalize has not closed stay open in an HSM of the caller's. */
  close(): void;
}

const FUNCTIONS: Readonly<Record<FunctionName, Call>> = { ...general, ...sessions, ...operations, ...keys };

/** The functions that also take a callback, and how many arguments they have without it. */
// biome-ignore format: a table
const ASYNC: Readonly<Record<AsyncName, number>> = {
  C_Encrypt:             3,
  C_EncryptFinal:        2,
  C_Decrypt:             3,
  C_DecryptFinal:        2,
  C_Digest:              3,
  C_DigestFinal:         2,
  C_Sign:                3,
  C_SignFinal:           2,
  C_Verify:              3,
  C_VerifyFinal:         2,
  C_DigestEncryptUpdate: 3,
  C_DecryptDigestUpdate: 3,
  C_SignEncryptUpdate:   3,
  C_DecryptVerifyUpdate: 3,
  C_GenerateKey:         3,
  C_GenerateKeyPair:     4,
  C_WrapKey:             5,
  C_UnwrapKey:           5,
  C_DeriveKey:           4,
};

/** Runs a function of the library; whatever goes wrong is an error that its caller knows. */
type Run = (name: string, call: Call, values: readonly unknown[]) => unknown;

/**
 * The class of pkcs11js: `new PKCS11(library?)`. The functions are own properties of each object, as they are there, so
 * that they can be taken off it and wrapped.
 */
export const PKCS11: new (library?: Library) => PKCS11 = class PKCS11 {
  libPath: string | undefined;
  #application: Application | undefined;

  constructor(library?: Library) {
    const run: Run = (name, call, values) => {
      try {
        if (this.#application === undefined) throw new NativeError("PKCS11 module not loaded yet", name);
        return call(this.#application, values);
      } catch (error) {
        throw outward(error, name);
      }
    };
    Object.assign(this, synchronous(run), asynchronous(run));
    if (library !== undefined) this.load(library);
  }

  load(library: Library): void {
    try {
      this.#application = new Application(loadLibrary(library));
    } catch (error) {
      throw outward(error, "load");
    }
    this.libPath = typeof library === "string" ? library : "pocket-hsm:";
  }

  close(): void {
    this.#application = undefined;
  }
} as never;

/** The plain functions; one argument too many is a callback where a function takes one. */
function synchronous(run: Run): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, call]) => {
      const count = Object.hasOwn(ASYNC, name) ? ASYNC[name as AsyncName] : Number.POSITIVE_INFINITY;
      const plain = (...values: unknown[]): unknown =>
        values.length > count ? later(run, name as AsyncName, values) : run(name, call, values);
      return [name, plain];
    }),
  );
}

/** `C_…Callback` and `C_…Async`. */
function asynchronous(run: Run): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(ASYNC) as AsyncName[]).flatMap((name) => [
      [`${name}Callback`, (...values: unknown[]) => later(run, name, values)],
      [`${name}Async`, (...values: unknown[]) => promised((callback) => later(run, name, [...values, callback]))],
    ]),
  );
}

/**
 * A call whose last argument is a callback. What the token can do at once it does at once, so that later calls find it
 * done; the callback comes in a later turn. Wrong types are thrown here and now, return values go to the callback.
 */
function later(run: Run, name: AsyncName, values: readonly unknown[]): void {
  const count = ASYNC[name];
  requireCount(count + 1, values.length);
  const callback = values[count] as Callback<unknown>;
  if (typeof callback !== "function") throw new TypeError(`Argument ${count} has wrong type. Should be a Function`);
  const fail = (error: unknown): void => queueMicrotask(() => callback(outward(error, name), null));
  const succeed = (result: unknown): void => queueMicrotask(() => callback(null, result));
  const call = (Object.hasOwn(inSlices, name) ? inSlices[name as keyof typeof inSlices] : FUNCTIONS[name]) as Call;
  try {
    const result = run(name, call, values.slice(0, count));
    if (result instanceof Promise) result.then(succeed, fail);
    else succeed(result);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    fail(error);
  }
}

function promised(start: (callback: Callback<unknown>) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error === null ? resolve(result) : reject(error)));
  });
}
