/** How the suites work with the token: keys come in, are used and are destroyed. */

import type { MechanismName } from "../../cryptoki/constants.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { KeyTemplate } from "../../objects/template.ts";
import type { SuiteBench, TokenSession } from "../suite.ts";
import type { Trial } from "./support.ts";

/** Creates an object, lends it and destroys it. */
export function withKey<T>(session: TokenSession, template: KeyTemplate, use: (key: ObjectHandle) => T): T {
  const key = session.createObject(template);
  try {
    return use(key);
  } finally {
    session.destroyObject(key);
  }
}

/** A key of several cases: created for the first one that asks. What the token refuses to create, it refuses each time. */
export class SharedKey {
  readonly #session: TokenSession;
  readonly #template: () => KeyTemplate;
  #handle: ObjectHandle | undefined;
  #refusal: unknown;

  constructor(session: TokenSession, template: () => KeyTemplate) {
    this.#session = session;
    this.#template = template;
  }

  get handle(): ObjectHandle {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      this.#handle ??= this.#session.createObject(this.#template());
      return this.#handle;
    } catch (error) {
      this.#refusal = error;
      throw error;
    }
  }

  destroy(): void {
    if (this.#handle !== undefined) this.#session.destroyObject(this.#handle);
    this.#handle = undefined;
  }
}

/** The cases that a shared key serves; it is destroyed after the last. */
export function* sharing(
  session: TokenSession,
  template: () => KeyTemplate,
  trials: (key: SharedKey) => Iterable<Trial>,
): Generator<Trial> {
  const key = new SharedKey(session, template);
  try {
    yield* trials(key);
  } finally {
    key.destroy();
  }
}

/** The same for cases of which those with the same key follow each other. */
export function* sharingInTurn<Case>(
  session: TokenSession,
  cases: Iterable<Case>,
  nameOf: (one: Case) => string,
  template: (one: Case) => KeyTemplate,
  trial: (one: Case, key: SharedKey) => Trial,
): Generator<Trial> {
  let last: { readonly name: string; readonly key: SharedKey } | undefined;
  try {
    for (const one of cases) {
      const name = nameOf(one);
      if (last?.name !== name) {
        last?.key.destroy();
        last = { name, key: new SharedKey(session, () => template(one)) };
      }
      yield trial(one, last.key);
    }
  } finally {
    last?.key.destroy();
  }
}

/** A secret key whose value may be read, which is what a vector is compared with. */
export function secretKey(
  type: "AES" | "GENERIC_SECRET",
  value: Uint8Array,
  usage: "encrypt" | "sign" | "derive",
): KeyTemplate {
  return { CLASS: "SECRET_KEY", KEY_TYPE: type, VALUE: value, usage, sensitive: false, extractable: true };
}

/** The shortest and the longest secret of this token (SP 800-131A r2, section 10). */
const SECRET_BYTES = { least: 14, most: 4096 };

/** The code of the reason for which the token does not take a base key, or does not make a derived key, of that length. */
export function keyLimits(baseBytes: number, derivedBytes: number): string | undefined {
  if (baseBytes < SECRET_BYTES.least) return "kdf-short-base-key";
  if (derivedBytes < SECRET_BYTES.least) return "kdf-short-output";
  return derivedBytes > SECRET_BYTES.most ? "kdf-long-output" : undefined;
}

/** A template for a derived key of so many bytes that may be read. */
export function derivedSecret(byteLength: number): KeyTemplate {
  return {
    CLASS: "SECRET_KEY",
    KEY_TYPE: "GENERIC_SECRET",
    VALUE_LEN: byteLength,
    usage: "sign",
    sensitive: false,
    extractable: true,
  };
}

/** The code of a skip when the token has no such mechanism. */
export function unlessOffered(
  { offers }: Pick<SuiteBench, "offers">,
  mechanism: string | undefined,
): string | undefined {
  return mechanism !== undefined && offers(mechanism as MechanismName) ? undefined : "no-mechanism";
}

/** Derives a key, reads its value and destroys it. */
export function derived(
  session: TokenSession,
  mechanism: Parameters<TokenSession["deriveKey"]>[0],
  base: ObjectHandle,
  byteLength: number,
): Uint8Array {
  const key = session.deriveKey(mechanism, base, derivedSecret(byteLength));
  try {
    return session.getAttributes(key, ["VALUE"]).VALUE as Uint8Array;
  } finally {
    session.destroyObject(key);
  }
}
