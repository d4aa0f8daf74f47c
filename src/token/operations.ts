import { concat, wipe } from "../bytes/bytes.ts";
import type { HashState } from "../crypto/engine.ts";
import type { AttributeName } from "../cryptoki/attributes.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { CipherStream, Context, Mechanism, VerifyStream } from "../mechanisms/mechanism.ts";
import type { TokenObject } from "../objects/object.ts";

/** What a key can be used for: the flag that permits it, and the return values that name a wrong key. */
// biome-ignore format: a table
export const KEY_USES: {
  readonly [U in
    "encrypt" | "decrypt" | "sign" | "verify" | "derive" | "wrap" | "unwrap" | "encapsulate" | "decapsulate"
  ]: {
    readonly flag: AttributeName;
    readonly handle: CkrName;
    readonly type: CkrName;
  };
} = {
  encrypt:     { flag: "ENCRYPT",     handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
  decrypt:     { flag: "DECRYPT",     handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
  sign:        { flag: "SIGN",        handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
  verify:      { flag: "VERIFY",      handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
  derive:      { flag: "DERIVE",      handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
  wrap:        { flag: "WRAP",        handle: "WRAPPING_KEY_HANDLE_INVALID",   type: "WRAPPING_KEY_TYPE_INCONSISTENT" },
  unwrap:      { flag: "UNWRAP",      handle: "UNWRAPPING_KEY_HANDLE_INVALID", type: "UNWRAPPING_KEY_TYPE_INCONSISTENT" },
  encapsulate: { flag: "ENCAPSULATE", handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
  decapsulate: { flag: "DECAPSULATE", handle: "KEY_HANDLE_INVALID",            type: "KEY_TYPE_INCONSISTENT" },
};

export type KeyUse = keyof typeof KEY_USES;

/** A key, a mechanism and its parameters, checked against each other and ready for one use. */
export interface Ready {
  readonly mechanism: Mechanism;
  readonly params: unknown;
  readonly key: TokenObject;
  readonly context: Context;
}

/** A running multi-part operation; `verify` takes the signature last. */
export interface Operations {
  encrypt: CipherStream;
  decrypt: CipherStream;
  sign: HashState;
  verify: VerifyStream;
  digest: HashState;
}

export type OperationKind = keyof Operations;
export const OPERATION_KINDS: readonly OperationKind[] = ["encrypt", "decrypt", "sign", "verify", "digest"];

/** Checks a key against a mechanism and a use. @throws CkrError */
export function requireUse(use: KeyUse, mechanism: Mechanism, key: TokenObject): void {
  const { flag, type } = KEY_USES[use];
  const { name, keyTypes } = mechanism;
  demand(mechanism[use] !== undefined, "MECHANISM_INVALID", `${name} does not ${use}`);
  demand(key.isTrue(flag), "KEY_FUNCTION_NOT_PERMITTED", `CKA_${flag} is false`);
  const keyType = key.get("KEY_TYPE");
  demand(
    use === "derive" || (keyType !== undefined && keyTypes?.includes(keyType)),
    type,
    `${name} does not work with a key of type ${keyType}`,
  );
  const allowed = key.get("ALLOWED_MECHANISMS");
  const permitted = allowed === undefined ? mechanism.mustBeAllowed !== true : allowed.includes(name);
  demand(permitted, "MECHANISM_INVALID", `the key's CKA_ALLOWED_MECHANISMS does not name ${name}`);
}

/** Starts a multi-part operation: by the mechanism's own stream, or by collecting the parts. */
export const START: { readonly [K in Exclude<OperationKind, "digest">]: (ready: Ready) => Operations[K] } = {
  encrypt: ({ mechanism, context, key, params }) =>
    mechanism.encryptStart?.(context, key, params) ??
    collectCipher((data) => encryptOnce({ mechanism, context, key, params }, data)),
  decrypt: ({ mechanism, context, key, params }) =>
    mechanism.decryptStart?.(context, key, params) ??
    collectCipher((data) => decryptOnce({ mechanism, context, key, params }, data)),
  sign: ({ mechanism, context, key, params }) =>
    mechanism.signStart?.(context, key, params) ??
    collectSignature((data) => signOnce({ mechanism, context, key, params }, data)),
  verify: (ready) => {
    const { mechanism, context, key, params } = ready;
    const running = mechanism.verifyStart?.(context, key, params);
    if (running === undefined) return collectVerification((data, signature) => verifyOnce(ready, data, signature));
    return {
      update: (data) => running.update(data),
      final: (signature) => {
        requireSignatureLength(ready, signature);
        return running.final(signature);
      },
    };
  },
};

export function encryptOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.encrypt as NonNullable<Mechanism["encrypt"]>)(context, key, params, data);
}

export function decryptOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.decrypt as NonNullable<Mechanism["decrypt"]>)(context, key, params, data);
}

export function signOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.sign as NonNullable<Mechanism["sign"]>)(context, key, params, data);
}

/** @throws CkrError CKR_SIGNATURE_LEN_RANGE */
export function verifyOnce(ready: Ready, data: Uint8Array, signature: Uint8Array): boolean {
  requireSignatureLength(ready, signature);
  const { mechanism, context, key, params } = ready;
  return (mechanism.verify as NonNullable<Mechanism["verify"]>)(context, key, params, data, signature);
}

function requireSignatureLength({ mechanism, key, params }: Ready, signature: Uint8Array): void {
  const expected = mechanism.signatureBytes?.(key, params);
  demand(
    expected === undefined || signature.length === expected,
    "SIGNATURE_LEN_RANGE",
    `a signature of this key has ${expected} bytes`,
  );
}

/** At most this much of a multi-part operation is held back, in mechanisms that need all of it at once. */
const MAX_COLLECTED = 2 ** 26;

function collector(): { add(data: Uint8Array): void; take(): Uint8Array } {
  const parts: Uint8Array[] = [];
  let length = 0;
  return {
    add: (data) => {
      length += data.length;
      demand(length <= MAX_COLLECTED, "DATA_LEN_RANGE", `this mechanism takes up to ${MAX_COLLECTED} bytes`);
      parts.push(Uint8Array.from(data));
    },
    take: () => {
      const all = concat(...parts);
      wipe(...parts);
      return all;
    },
  };
}

function collectCipher(once: (data: Uint8Array) => Uint8Array): CipherStream {
  const parts = collector();
  return {
    update: (data) => {
      parts.add(data);
      return new Uint8Array(0);
    },
    final: () => once(parts.take()),
  };
}

function collectSignature(once: (data: Uint8Array) => Uint8Array): HashState {
  const parts = collector();
  return { update: parts.add, digest: () => once(parts.take()) };
}

function collectVerification(once: (data: Uint8Array, signature: Uint8Array) => boolean): VerifyStream {
  const parts = collector();
  return { update: parts.add, final: (signature) => once(parts.take(), signature) };
}

/** A running operation; with a key of CKA_ALWAYS_AUTHENTICATE it waits for the user's PIN. */
interface Active {
  readonly operation: Operations[OperationKind];
  readonly key: TokenObject | undefined;
  waitsForPin: boolean;
}

/** The operations that one session runs: at most one of each kind (PKCS #11 v3.1, 5.8 to 5.16). */
export class ActiveOperations {
  readonly #active = new Map<OperationKind, Active>();

  requireNone(kind: OperationKind): void {
    if (this.#active.has(kind))
      throw new CkrError("OPERATION_ACTIVE", `this session is in the middle of a ${kind} operation`);
  }

  start<K extends OperationKind>(kind: K, operation: Operations[K], key?: TokenObject): void {
    this.requireNone(kind);
    this.#active.set(kind, { operation, key, waitsForPin: key?.isTrue("ALWAYS_AUTHENTICATE") ?? false });
  }

  /**
   * Asks for the PIN of the operation that was begun last and waits for it; a wrong one leaves it waiting.
   * @throws CkrError CKR_OPERATION_NOT_INITIALIZED, and what `ask` throws
   */
  authenticate(ask: () => void): void {
    const waiting = [...this.#active.values()].findLast(({ waitsForPin }) => waitsForPin);
    if (waiting === undefined) throw new CkrError("OPERATION_NOT_INITIALIZED", "no operation waits for a PIN");
    ask();
    waiting.waitsForPin = false;
  }

  /** Ends the operations of these kinds, where there are such (C_SessionCancel). */
  end(kinds: readonly OperationKind[]): void {
    for (const kind of kinds) this.#active.delete(kind);
  }

  /** Runs one step; an error ends the operation. */
  step<K extends OperationKind, T>(kind: K, run: (operation: Operations[K]) => T): T {
    try {
      return run(this.#require(kind));
    } catch (error) {
      this.#active.delete(kind);
      throw error;
    }
  }

  /** Runs the last step; the operation ends, whatever comes of it. */
  finish<K extends OperationKind, T>(kind: K, run: (operation: Operations[K]) => T): T {
    try {
      return run(this.#require(kind));
    } finally {
      this.#active.delete(kind);
    }
  }

  /** Ends everything, as at a logout. */
  cancel(): void {
    this.#active.clear();
  }

  /** A destroyed key's prepared form is wiped: nothing may run on with it. */
  #require<K extends OperationKind>(kind: K): Operations[K] {
    const active = this.#active.get(kind);
    if (active === undefined) throw new CkrError("OPERATION_NOT_INITIALIZED", `this session has no ${kind} operation`);
    demand(active.key?.destroyed !== true, "KEY_HANDLE_INVALID", "the key has been destroyed");
    demand(!active.waitsForPin, "USER_NOT_LOGGED_IN", "the key needs a context-specific login first");
    return active.operation as Operations[K];
  }
}
