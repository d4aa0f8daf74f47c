import { expect } from "vitest";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import type { Template } from "../../../src/cryptoki/attributes.ts";
import { CkrError } from "../../../src/cryptoki/error.ts";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import type { CkrName } from "../../../src/cryptoki/return-values.ts";
import { newAesKey } from "../../../src/mechanisms/keys/aes.ts";
import { newGenericSecret } from "../../../src/mechanisms/keys/generic-secret.ts";
import type { Context, NewKey } from "../../../src/mechanisms/mechanism.ts";
import { TokenObject } from "../../../src/objects/object.ts";
import { seededRng } from "../../support/seeded-rng.ts";

export function context(seed: string): Context {
  return { engine: pureEngine, rng: seededRng(seed) };
}

/** An object of the token with the material, without the token. */
export function object(key: NewKey, attributes: Template = {}): TokenObject {
  return new TokenObject(1 as ObjectHandle, undefined, { ...key.attributes, ...attributes }, key.secrets);
}

export function aesObject(value: Uint8Array, attributes: Template = {}): TokenObject {
  return object(newAesKey(Uint8Array.from(value)), attributes);
}

export function secretObject(value: Uint8Array): TokenObject {
  return object(newGenericSecret(Uint8Array.from(value)));
}

/** A copy of a secret attribute. */
export function secretOf(key: TokenObject, name: "VALUE" | "PRIVATE_EXPONENT" | "PRIME_1"): Uint8Array {
  return key.secret(name).use((bytes) => Uint8Array.from(bytes));
}

/** Runs a generator to its end. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Expects a CkrError of that name; gives it back for a look at its message. */
export function expectCkr(ckr: CkrName, action: () => unknown): CkrError {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, `CKR_${ckr} was expected`).toBeInstanceOf(CkrError);
  expect((thrown as CkrError).ckr).toBe(ckr);
  return thrown as CkrError;
}

/** Every copy of the bytes with one byte changed. */
export function* flipped(bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i++) {
    const copy = Uint8Array.from(bytes);
    copy[i] = copy[i]! ^ 0x01;
    yield copy;
  }
}
