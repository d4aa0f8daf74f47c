/** A session with a PKCS #11 module, with the methods that the suites call on ours. */

import { type AttributeName, CKA } from "../../cryptoki/attributes.ts";
import { CKM, type KeyType, type MechanismName } from "../../cryptoki/constants.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { CKR } from "../../cryptoki/return-values.ts";
import type { MechanismChoice, MechanismOperation } from "../../mechanisms/registry.ts";
import type { KeyTemplate } from "../../objects/template.ts";
import type { Attributes } from "../../token/attributes.ts";
import { systemEntropy } from "../../token/system-entropy.ts";
import type { ModuleWatch, TokenSession } from "../suite.ts";
import { attributesOf, attributeValue, type Dialect, isVendorDefined } from "./attributes.ts";
import type { ModuleHandle, ModuleMechanism, Pkcs11Binding } from "./binding.ts";
import { mechanismOf } from "./mechanisms.ts";
import { Lacking, ModuleError } from "./refusals.ts";
import { codeOf, translated } from "./return-values.ts";

/** The CKF_ flags of CK_MECHANISM_INFO (PKCS #11 v3.1, 3.5). */
// biome-ignore format: a table
const CKF: Readonly<Record<MechanismOperation, number>> = {
  encrypt: 0x100, decrypt: 0x200, digest: 0x400, sign: 0x800, verify: 0x2000, generateKey: 0x8000,
  generateKeyPair: 0x1_0000, wrap: 0x2_0000, unwrap: 0x4_0000, derive: 0x8_0000,
  encapsulate: 0x1000_0000, decapsulate: 0x2000_0000,
  messageEncrypt: 0x2, messageDecrypt: 0x4, messageSign: 0x8, messageVerify: 0x10,
  signRecover: 0x1000, verifyRecover: 0x4000,
};

/** The mechanism that makes keys of a type: a module without it that refuses such a key does not have the type. */
// biome-ignore format: a table
const GENERATION: Readonly<Partial<Record<KeyType, MechanismName>>> = {
  RSA: "RSA_PKCS_KEY_PAIR_GEN", EC: "EC_KEY_PAIR_GEN", GENERIC_SECRET: "GENERIC_SECRET_KEY_GEN", AES: "AES_KEY_GEN",
  EC_EDWARDS: "EC_EDWARDS_KEY_PAIR_GEN", EC_MONTGOMERY: "EC_MONTGOMERY_KEY_PAIR_GEN",
  ML_KEM: "ML_KEM_KEY_PAIR_GEN", ML_DSA: "ML_DSA_KEY_PAIR_GEN", SLH_DSA: "SLH_DSA_KEY_PAIR_GEN",
};

/** More than any output but that of a cipher, which is a little more than its input. */
const OUTPUT_BYTES = 2 ** 16;
/** Modules take a pointer of NULL for a missing argument, which is what the binding makes of an array without memory. */
const EMPTY: Uint8Array = new Uint8Array(1).subarray(0, 0);

export class ModuleSession implements TokenSession, ModuleWatch {
  readonly #binding: Pkcs11Binding;
  readonly #slot: ModuleHandle;
  readonly #session: ModuleHandle;
  readonly #dialect: Dialect;
  readonly #listed: ReadonlySet<number>;
  readonly #note: (caseId: string) => void;
  #calls = 0;
  /** Where outputs go first; the same memory for all calls. */
  #output: Uint8Array = new Uint8Array(OUTPUT_BYTES);

  /** `note` is told of each case before it begins: what a module ends the process with, the last one did. */
  constructor(
    binding: Pkcs11Binding,
    slot: ModuleHandle,
    session: ModuleHandle,
    dialect: Dialect,
    note: (caseId: string) => void = () => {},
  ) {
    this.#binding = binding;
    this.#slot = slot;
    this.#session = session;
    this.#dialect = dialect;
    this.#listed = new Set(binding.C_GetMechanismList(slot));
    this.#note = note;
  }

  begin(id: string): void {
    this.#calls = 0;
    this.#note(id);
  }

  wasCalled(): boolean {
    return this.#calls > 0;
  }

  offers(name: MechanismName, operation?: MechanismOperation): boolean {
    const code = CKM[name];
    if (code === undefined || !this.#listed.has(code)) return false;
    if (operation === undefined) return true;
    const { flags } = this.#binding.C_GetMechanismInfo(this.#slot, code);
    return (flags & CKF[operation]) !== 0;
  }

  createObject(template: KeyTemplate): ObjectHandle {
    const attributes = attributesOf(template, this.#dialect);
    try {
      return this.#call((p11, session) => handleOf(p11.C_CreateObject(session, attributes)));
    } catch (error) {
      const generation = template.KEY_TYPE && GENERATION[template.KEY_TYPE];
      if (generation === undefined || this.offers(generation) || error instanceof ModuleError) throw error;
      throw new Lacking("no-key-type", `CKK_${template.KEY_TYPE}: ${(error as Error).message}`);
    }
  }

  destroyObject(object: ObjectHandle): void {
    this.#call((p11, session) => p11.C_DestroyObject(session, bytesOf(object)));
  }

  getAttributes<const N extends AttributeName>(object: ObjectHandle, names: readonly N[]): Attributes<N> {
    const asked = attributesOfNames(names);
    const found = this.#call((p11, session) => {
      try {
        return p11.C_GetAttributeValue(session, bytesOf(object), asked);
      } catch (error) {
        throw codeOf(error) === CKR.ATTRIBUTE_TYPE_INVALID ? lackingAttributes(names) : error;
      }
    });
    // The standard has it empty where a module does not fill it in (PKCS #11 v3.1, 4.9).
    const info = found[(names as readonly AttributeName[]).indexOf("PUBLIC_KEY_INFO")];
    if (info?.value.length === 0) throw lackingAttributes(names);
    return Object.fromEntries(
      names.map((name, index) => [name, attributeValue(found[index]?.value ?? EMPTY)]),
    ) as Attributes<N>;
  }

  encrypt(choice: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const mechanism = this.#mechanism(choice, () => data.length);
    return this.#call((p11, session) => {
      p11.C_EncryptInit(session, mechanism, bytesOf(key));
      return taken(p11.C_Encrypt(session, given(data), this.#room(data)));
    });
  }

  decrypt(choice: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const mechanism = this.#mechanism(choice, (tagBytes) => Math.max(0, data.length - tagBytes));
    return this.#call((p11, session) => {
      p11.C_DecryptInit(session, mechanism, bytesOf(key));
      return taken(p11.C_Decrypt(session, given(data), this.#room(data)));
    });
  }

  sign(choice: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const mechanism = this.#mechanism(choice);
    return this.#call((p11, session) => {
      p11.C_SignInit(session, mechanism, bytesOf(key));
      return taken(p11.C_Sign(session, given(data), this.#room(data)));
    });
  }

  verify(choice: MechanismChoice, key: ObjectHandle, data: Uint8Array, signature: Uint8Array): true {
    const mechanism = this.#mechanism(choice);
    return this.#call((p11, session) => {
      p11.C_VerifyInit(session, mechanism, bytesOf(key));
      p11.C_Verify(session, given(data), given(signature));
      return true;
    });
  }

  digest(choice: MechanismChoice, data: Uint8Array): Uint8Array {
    this.digestInit(choice);
    return this.#call((p11, session) => taken(p11.C_Digest(session, given(data), this.#room(data))));
  }

  digestInit(choice: MechanismChoice): void {
    const mechanism = this.#mechanism(choice);
    this.#call((p11, session) => p11.C_DigestInit(session, mechanism));
  }

  digestUpdate(part: Uint8Array): void {
    this.#call((p11, session) => p11.C_DigestUpdate(session, given(part)));
  }

  digestFinal(): Uint8Array {
    return this.#call((p11, session) => taken(p11.C_DigestFinal(session, this.#room(EMPTY))));
  }

  generateKey(choice: MechanismChoice, template: KeyTemplate = {}): ObjectHandle {
    const mechanism = this.#mechanism(choice);
    const attributes = attributesOf(template, this.#dialect, "SECRET_KEY");
    return this.#call((p11, session) => handleOf(p11.C_GenerateKey(session, mechanism, attributes)));
  }

  deriveKey(choice: MechanismChoice, baseKey: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    const mechanism = this.#mechanism(choice);
    const attributes = attributesOf(template, this.#dialect, "SECRET_KEY");
    return this.#call((p11, session) => handleOf(p11.C_DeriveKey(session, mechanism, bytesOf(baseKey), attributes)));
  }

  wrapKey(choice: MechanismChoice, wrappingKey: ObjectHandle, key: ObjectHandle): Uint8Array {
    const mechanism = this.#mechanism(choice);
    return this.#call((p11, session) =>
      taken(p11.C_WrapKey(session, mechanism, bytesOf(wrappingKey), bytesOf(key), this.#room(EMPTY))),
    );
  }

  unwrapKey(
    choice: MechanismChoice,
    unwrappingKey: ObjectHandle,
    wrapped: Uint8Array,
    template: KeyTemplate = {},
  ): ObjectHandle {
    const mechanism = this.#mechanism(choice);
    const attributes = attributesOf(template, this.#dialect, "SECRET_KEY");
    return this.#call((p11, session) =>
      handleOf(p11.C_UnwrapKey(session, mechanism, bytesOf(unwrappingKey), given(wrapped), attributes)),
    );
  }

  /** Functions of v3.2, which the binding does not have. @throws Lacking always */
  encapsulateKey(): never {
    throw new Lacking("not-through-pkcs11", "the binding has no C_EncapsulateKey");
  }

  decapsulateKey(): never {
    throw new Lacking("not-through-pkcs11", "the binding has no C_DecapsulateKey");
  }

  /** From the platform: what a suite draws says nothing about the module. */
  generateRandom(byteLength: number): Uint8Array {
    return systemEntropy(byteLength);
  }

  /** @throws Lacking for a mechanism that is this HSM's own, or that the module does not list */
  #mechanism(choice: MechanismChoice, plaintextBytes: (tagBytes: number) => number = () => 0): ModuleMechanism {
    const name = typeof choice === "string" ? choice : choice.mechanism;
    if (isVendorDefined(CKM[name])) throw new Lacking("not-through-pkcs11", `CKM_${name} is of this HSM alone`);
    if (!this.offers(name)) throw new Lacking("no-mechanism", `the module does not list CKM_${name}`);
    return mechanismOf(choice, { dialect: this.#dialect, plaintextBytes });
  }

  #room(data: Uint8Array): Uint8Array {
    const least = OUTPUT_BYTES + data.length;
    if (this.#output.length < least) this.#output = new Uint8Array(2 * least);
    return this.#output;
  }

  #call<T>(call: (p11: Pkcs11Binding, session: ModuleHandle) => T): T {
    this.#calls += 1;
    try {
      return call(this.#binding, this.#session);
    } catch (error) {
      throw translated(error);
    }
  }
}

/** The suites pass handles on without looking at them. */
function handleOf(handle: ModuleHandle): ObjectHandle {
  return handle as unknown as ObjectHandle;
}

function bytesOf(handle: ObjectHandle): ModuleHandle {
  return handle as unknown as ModuleHandle;
}

function given(data: Uint8Array): Uint8Array {
  return data.length === 0 ? EMPTY : data;
}

/** A copy of its own: the next output goes to the same place. */
function taken(output: Uint8Array): Uint8Array {
  return Uint8Array.from(output);
}

function attributesOfNames(names: readonly AttributeName[]): { type: number }[] {
  return names.map((name) => ({ type: CKA[name][0] }));
}

function lackingAttributes(names: readonly AttributeName[]): Lacking {
  return new Lacking("no-attribute", `the module does not have ${names.map((name) => `CKA_${name}`).join(", ")}`);
}
