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
  readonly session: TokenSession;
  readonly #make: () => ObjectHandle;
  #handle: ObjectHandle | undefined;
  #refusal: unknown;

  constructor(session: TokenSession, make: () => ObjectHandle) {
    this.session = session;
    this.#make = make;
  }

  get handle(): ObjectHandle {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      this.#handle ??= this.#make();
      return this.#handle;
    } catch (error) {
      this.#refusal = error;
      throw error;
    }
  }

  destroy(): void {
    if (this.#handle !== undefined) this.session.destroyObject(this.#handle);
    this.#handle = undefined;
  }
}

/** The cases that a shared key serves; it is destroyed after the last. */
export function sharing(
  session: TokenSession,
  template: () => KeyTemplate,
  trials: (key: SharedKey) => Iterable<Trial>,
): Generator<Trial> {
  return sharingMade(session, () => session.createObject(template()), trials);
}

/** The same for a key that is made otherwise. */
export function* sharingMade(
  session: TokenSession,
  make: () => ObjectHandle,
  trials: (key: SharedKey) => Iterable<Trial>,
): Generator<Trial> {
  const key = new SharedKey(session, make);
  try {
    yield* trials(key);
  } finally {
    key.destroy();
  }
}

/** The same for cases of which those with the same key follow each other. */
export function* sharingInTurn<Case>(
  sessionOf: (one: Case) => TokenSession,
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
        last = { name, key: new SharedKey(sessionOf(one), () => sessionOf(one).createObject(template(one))) };
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

/** The session that a case is for: the strict one, or the lax one where a reason names what strict refuses in it. */
export function sessionFor(
  { session, lax }: Pick<SuiteBench, "session" | "lax">,
  weakness: string | undefined,
): TokenSession {
  return weakness === undefined ? session : lax;
}

/** C_UnwrapKey of a private key in its PKCS #8 form, in a session of the lax policy. */
export function unwrapPkcs8(lax: TokenSession, KEY_TYPE: "RSA" | "EC", pkcs8: Uint8Array): ObjectHandle {
  const wrapping = { ...secretKey("AES", new Uint8Array(32), "encrypt"), UNWRAP: true };
  return withKey(lax, wrapping, (key) => {
    const wrapped = lax.encrypt("AES_KEY_WRAP_KWP", key, pkcs8);
    return lax.unwrapKey("AES_KEY_WRAP_KWP", key, wrapped, { CLASS: "PRIVATE_KEY", KEY_TYPE });
  });
}

/** The shortest secret of the strict policy (SP 800-131A r2, section 10), and the longest of this token. */
const SECRET_BYTES = { least: 14, most: 4096 };

/** The code of the reason for which no policy takes a base key, or makes a derived key, of that length. */
export function secretBounds(baseBytes: number, derivedBytes = 1): string | undefined {
  if (baseBytes === 0) return "empty-secret";
  return derivedBytes > SECRET_BYTES.most ? "kdf-long-output" : undefined;
}

/** The code of the reason for which strict takes no base key, or makes no derived key, of that length. */
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
  return readOut(session, session.deriveKey(mechanism, base, derivedSecret(byteLength)));
}

/** The value of a key that may be read; the key is destroyed. */
export function readOut(session: TokenSession, key: ObjectHandle): Uint8Array {
  try {
    return session.getAttributes(key, ["VALUE"]).VALUE as Uint8Array;
  } finally {
    session.destroyObject(key);
  }
}
