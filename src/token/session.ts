import { copyBytes } from "../bytes/bytes.ts";
import type { AttributeName } from "../cryptoki/attributes.ts";
import { readOptions } from "../cryptoki/caller.ts";
import { CkrError, checked, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle, SlotId } from "../cryptoki/handles.ts";
import type { Context, Mechanism, NewKeyPair } from "../mechanisms/mechanism.ts";
import { type MechanismChoice, parseChoice } from "../mechanisms/registry.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { forClass, type KeyTemplate, readTemplate, takeTemplate } from "../objects/template.ts";
import { type Attributes, attributeNames, changeAttributes, readAttributes } from "./attributes.ts";
import type { Place } from "./drafts.ts";
import { decapsulate, encapsulate } from "./encapsulation.ts";
import * as keys from "./key-management.ts";
import { installPair, type PairJob, startPair } from "./key-pairs.ts";
import { unwrap, wrap } from "./key-wrapping.ts";
import {
  ActiveOperations,
  decryptOnce,
  encryptOnce,
  KEY_USES,
  type KeyUse,
  type Ready,
  requireUse,
  START,
  signOnce,
  verifyOnce,
} from "./operations.ts";
import { requireLimit, Search } from "./search.ts";
import { runInSlices } from "./slices.ts";
import type { Token, TokenInfo, UserType } from "./token.ts";

export interface KeyPairHandles {
  readonly publicKey: ObjectHandle;
  readonly privateKey: ObjectHandle;
}

/** What C_GetSessionInfo tells. */
export interface SessionInfo {
  readonly slot: SlotId;
  readonly state:
    | "RO_PUBLIC_SESSION"
    | "RO_USER_FUNCTIONS"
    | "RW_PUBLIC_SESSION"
    | "RW_USER_FUNCTIONS"
    | "RW_SO_FUNCTIONS";
  readonly readWrite: boolean;
}

/** At most this much per C_GenerateRandom. */
const MAX_RANDOM = 2 ** 20;
/** At most this much per C_SeedRandom: the DRBG's additional input. */
const MAX_SEED = 2 ** 16;

/**
 * A session with a token (PKCS #11 v3.1, 5.6): the way to its objects and operations.
 *
 * Every method may throw {@link CkrError} with CKR_SESSION_HANDLE_INVALID after the session has ended, CKR_DEVICE_ERROR
 * in the HSM's error state, and CKR_ARGUMENTS_BAD for an argument of the wrong type. What comes in is read and copied
 * before the session looks at any state, so that a caller's getter that calls back changes nothing in between; bytes
 * that go out are the caller's own. `CKR_BUFFER_TOO_SMALL` does not exist here.
 */
export class Session {
  readonly handle: SessionHandle;
  readonly #token: Token;
  readonly #place: Place;
  readonly #operations: ActiveOperations;
  readonly #context: Context;
  readonly #search: Search = new Search();

  constructor(handle: SessionHandle, token: Token, readWrite: boolean) {
    this.handle = handle;
    this.#token = token;
    const { engine, rng } = token.surroundings;
    this.#context = { engine, rng, keyOf: (handle) => this.#object(handle, "KEY_HANDLE_INVALID") };
    this.#place = { token, session: handle, readWrite, context: this.#context };
    this.#operations = new ActiveOperations();
    token.sessions.set(handle, { readWrite, objects: new Set(), operations: this.#operations });
  }

  // ── Session and login (5.6) ──────────────────────────────────────────────────────────────────────────────────

  /** C_CloseSession: its session objects end with it. */
  close(): void {
    this.#require();
    this.#token.endSession(this.handle);
  }

  /** C_GetSessionInfo. */
  info(): SessionInfo {
    this.#require();
    const { readWrite } = this.#place;
    const level =
      this.#token.loggedIn === undefined
        ? "PUBLIC_SESSION"
        : this.#token.loggedIn === "so"
          ? "SO_FUNCTIONS"
          : "USER_FUNCTIONS";
    return { slot: this.#token.slot, state: `${readWrite ? "RW" : "RO"}_${level}` as SessionInfo["state"], readWrite };
  }

  tokenInfo(): TokenInfo {
    this.#require();
    return this.#token.info();
  }

  /**
   * C_Login, for all sessions with the token.
   * @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
   * CKR_USER_PIN_NOT_INITIALIZED, CKR_SESSION_READ_ONLY_EXISTS
   */
  login(user: UserType, pin: string): void {
    this.#require();
    this.#token.login(user, pin);
  }

  /** C_Logout. Private session objects and every handle of a private object end. @throws CkrError CKR_USER_NOT_LOGGED_IN */
  logout(): void {
    this.#require();
    this.#token.logout();
  }

  /** C_InitPIN, by the SO in a read-write session. @throws CkrError CKR_USER_NOT_LOGGED_IN, CKR_PIN_LEN_RANGE */
  initPin(pin: string): void {
    this.#requireReadWrite();
    this.#token.initPin(pin);
  }

  /** C_SetPIN. @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE, CKR_SESSION_READ_ONLY */
  setPin(oldPin: string, newPin: string): void {
    this.#requireReadWrite();
    this.#token.setPin(oldPin, newPin);
  }

  // ── Objects (5.7) ────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * C_CreateObject.
   * @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID,
   * CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID, CKR_SESSION_READ_ONLY, CKR_USER_NOT_LOGGED_IN
   */
  createObject(template: KeyTemplate): ObjectHandle {
    const given = readTemplate(template);
    this.#require();
    return keys.create(this.#place, given).handle;
  }

  /** C_CopyObject. @throws CkrError CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT */
  copyObject(object: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    const given = takeTemplate(template);
    const source = this.#object(object);
    return keys.copy(this.#place, source, forClass(given, source.get("CLASS"))).handle;
  }

  /** C_DestroyObject: secrets and prepared keys are wiped. @throws CkrError CKR_ACTION_PROHIBITED, CKR_SESSION_READ_ONLY */
  destroyObject(object: ObjectHandle): void {
    const target = this.#changeable(object);
    demand(target.isTrue("DESTROYABLE"), "ACTION_PROHIBITED", "CKA_DESTROYABLE is false");
    this.#token.destroy(target);
  }

  /**
   * C_GetAttributeValue: all the named attributes, or none.
   * @throws CkrError CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID
   */
  getAttributes<const N extends AttributeName>(object: ObjectHandle, names: readonly N[]): Attributes<N> {
    const wanted = attributeNames(names);
    return readAttributes(this.#object(object), wanted) as Attributes<N>;
  }

  /** C_SetAttributeValue: all the changes, or none. @throws CkrError CKR_ATTRIBUTE_READ_ONLY, CKR_ACTION_PROHIBITED */
  setAttributes(object: ObjectHandle, template: KeyTemplate): void {
    const given = takeTemplate(template);
    const target = this.#changeable(object);
    changeAttributes(this.#token, target, forClass(given, target.get("CLASS")));
  }

  /** C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal in one. An empty template finds everything visible. */
  findObjects(template: KeyTemplate = {}, options: { readonly limit?: number } = {}): ObjectHandle[] {
    const { limit = Number.POSITIVE_INFINITY } = readOptions(options);
    requireLimit(limit);
    this.findInit(template);
    try {
      return this.find(limit);
    } finally {
      this.findFinal();
    }
  }

  /** C_FindObjectsInit. @throws CkrError CKR_OPERATION_ACTIVE */
  findInit(template: KeyTemplate = {}): void {
    const wanted = readTemplate(template);
    this.#require();
    this.#search.start(this.#token.objects.find(wanted));
  }

  /** C_FindObjects: the next handles, at most `limit`. @throws CkrError CKR_OPERATION_NOT_INITIALIZED */
  find(limit: number): ObjectHandle[] {
    this.#require();
    return this.#search.next(limit, (object) => this.#visible(object));
  }

  /** C_FindObjectsFinal. @throws CkrError CKR_OPERATION_NOT_INITIALIZED */
  findFinal(): void {
    this.#require();
    this.#search.end();
  }

  // ── Encryption (5.8, 5.10) ───────────────────────────────────────────────────────────────────────────────────

  /** C_EncryptInit and C_Encrypt. @throws CkrError CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_MECHANISM_INVALID, CKR_DATA_LEN_RANGE … */
  encrypt(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const ready = this.#ready("encrypt", mechanism, key);
    this.#operations.requireNone("encrypt");
    return encryptOnce(ready, input(data));
  }

  encryptInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#start("encrypt", mechanism, key);
  }

  encryptUpdate(part: Uint8Array): Uint8Array {
    this.#require();
    return this.#operations.step("encrypt", (operation) => operation.update(input(part)));
  }

  encryptFinal(): Uint8Array {
    this.#require();
    return this.#operations.finish("encrypt", (operation) => operation.final());
  }

  /** C_DecryptInit and C_Decrypt. @throws CkrError CKR_ENCRYPTED_DATA_INVALID for all that depends on the data */
  decrypt(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const ready = this.#ready("decrypt", mechanism, key);
    this.#operations.requireNone("decrypt");
    return decryptOnce(ready, input(data));
  }

  decryptInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#start("decrypt", mechanism, key);
  }

  decryptUpdate(part: Uint8Array): Uint8Array {
    this.#require();
    return this.#operations.step("decrypt", (operation) => operation.update(input(part)));
  }

  decryptFinal(): Uint8Array {
    this.#require();
    return this.#operations.finish("decrypt", (operation) => operation.final());
  }

  // ── Signatures and MACs (5.13, 5.15) ─────────────────────────────────────────────────────────────────────────

  /** C_SignInit and C_Sign. */
  sign(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const ready = this.#ready("sign", mechanism, key);
    this.#operations.requireNone("sign");
    return signOnce(ready, input(data));
  }

  signInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#start("sign", mechanism, key);
  }

  signUpdate(part: Uint8Array): void {
    this.#require();
    this.#operations.step("sign", (operation) => operation.update(input(part)));
  }

  signFinal(): Uint8Array {
    this.#require();
    return this.#operations.finish("sign", (operation) => operation.digest());
  }

  /** C_VerifyInit and C_Verify: true, or an error. @throws CkrError CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE */
  verify(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array, signature: Uint8Array): true {
    const ready = this.#ready("verify", mechanism, key);
    this.#operations.requireNone("verify");
    return verdict(verifyOnce(ready, input(data), input(signature, "the signature")));
  }

  verifyInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#start("verify", mechanism, key);
  }

  verifyUpdate(part: Uint8Array): void {
    this.#require();
    this.#operations.step("verify", (operation) => operation.update(input(part)));
  }

  verifyFinal(signature: Uint8Array): true {
    this.#require();
    return verdict(
      this.#operations.finish("verify", (operation) => operation.final(input(signature, "the signature"))),
    );
  }

  // ── Digests (5.12) and random numbers (5.19) ─────────────────────────────────────────────────────────────────

  /** C_DigestInit and C_Digest. */
  digest(mechanism: MechanismChoice, data: Uint8Array): Uint8Array {
    const state = this.#digestState(mechanism);
    state.update(input(data));
    return state.digest();
  }

  digestInit(mechanism: MechanismChoice): void {
    this.#operations.start("digest", this.#digestState(mechanism));
  }

  digestUpdate(part: Uint8Array): void {
    this.#require();
    this.#operations.step("digest", (operation) => operation.update(input(part)));
  }

  digestFinal(): Uint8Array {
    this.#require();
    return this.#operations.finish("digest", (operation) => operation.digest());
  }

  /** C_GenerateRandom: 1 to 2^20 bytes, each request with fresh entropy. */
  generateRandom(byteLength: number): Uint8Array {
    this.#require();
    demand(
      Number.isInteger(byteLength) && byteLength >= 1 && byteLength <= MAX_RANDOM,
      "ARGUMENTS_BAD",
      `1 to ${MAX_RANDOM} random bytes can be asked for`,
    );
    return this.#context.rng(byteLength);
  }

  /** C_SeedRandom: mixed in beside the HSM's own entropy, never instead of it (SP 800-90A r1, 10.2.1.4). */
  seedRandom(seed: Uint8Array): void {
    this.#require();
    const bytes = input(seed, "the seed");
    demand(bytes.length <= MAX_SEED, "ARGUMENTS_BAD", `a seed has up to ${MAX_SEED} bytes`);
    this.#token.surroundings.seedRandom(bytes);
  }

  // ── Key management (5.18) ────────────────────────────────────────────────────────────────────────────────────

  /** C_GenerateKey. */
  generateKey(mechanism: MechanismChoice, template: KeyTemplate = {}): ObjectHandle {
    const chosen = parseChoice(mechanism);
    const given = readTemplate(template, "SECRET_KEY");
    this.#require();
    return keys.generate(this.#place, chosen, given).handle;
  }

  /** C_GenerateKeyPair. One template serves both halves; two are for the public and the private one. */
  generateKeyPair(
    mechanism: MechanismChoice,
    publicTemplate: KeyTemplate = {},
    privateTemplate?: KeyTemplate,
  ): KeyPairHandles {
    const job = this.#startPair(mechanism, publicTemplate, privateTemplate);
    let step = job.steps.next();
    while (!step.done) step = job.steps.next();
    return this.#installPair(job, step.value);
  }

  /**
   * C_GenerateKeyPair without holding up the event loop.
   * @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted; nothing has been created then.
   */
  async generateKeyPairAsync(
    mechanism: MechanismChoice,
    publicTemplate: KeyTemplate = {},
    privateTemplate?: KeyTemplate,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<KeyPairHandles> {
    const { signal } = readOptions(options);
    demand(signal === undefined || signal instanceof AbortSignal, "ARGUMENTS_BAD", "signal must be an AbortSignal");
    const job = this.#startPair(mechanism, publicTemplate, privateTemplate);
    return this.#installPair(job, await runInSlices(job.steps, signal));
  }

  /** C_DeriveKey. */
  deriveKey(mechanism: MechanismChoice, baseKey: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    const given = readTemplate(template, "SECRET_KEY");
    return keys.derive(this.#place, this.#ready("derive", mechanism, baseKey), given).handle;
  }

  /** C_EncapsulateKey (v3.2, 5.18.8): a new secret key from a public key, and the ciphertext for its owner. */
  encapsulateKey(
    mechanism: MechanismChoice,
    publicKey: ObjectHandle,
    template: KeyTemplate = {},
  ): { readonly key: ObjectHandle; readonly ciphertext: Uint8Array } {
    const given = readTemplate(template, "SECRET_KEY");
    const { key, ciphertext } = encapsulate(this.#place, this.#ready("encapsulate", mechanism, publicKey), given);
    return { key: key.handle, ciphertext };
  }

  /** C_DecapsulateKey (v3.2, 5.18.9). Any ciphertext of the right length gives a key. @throws CkrError CKR_ENCRYPTED_DATA_LEN_RANGE */
  decapsulateKey(
    mechanism: MechanismChoice,
    privateKey: ObjectHandle,
    ciphertext: Uint8Array,
    template: KeyTemplate = {},
  ): ObjectHandle {
    const given = readTemplate(template, "SECRET_KEY");
    const ready = this.#ready("decapsulate", mechanism, privateKey);
    return decapsulate(this.#place, ready, input(ciphertext, "the ciphertext"), given).handle;
  }

  /** C_WrapKey. @throws CkrError CKR_KEY_UNEXTRACTABLE, CKR_KEY_NOT_WRAPPABLE, CKR_WRAPPING_KEY_SIZE_RANGE … */
  wrapKey(mechanism: MechanismChoice, wrappingKey: ObjectHandle, key: ObjectHandle): Uint8Array {
    return wrap(this.#place, this.#ready("wrap", mechanism, wrappingKey), this.#object(key, "KEY_HANDLE_INVALID"));
  }

  /** C_UnwrapKey. @throws CkrError CKR_WRAPPED_KEY_INVALID for all that depends on the blob */
  unwrapKey(
    mechanism: MechanismChoice,
    unwrappingKey: ObjectHandle,
    wrapped: Uint8Array,
    template: KeyTemplate = {},
  ): ObjectHandle {
    const given = readTemplate(template, "SECRET_KEY");
    const ready = this.#ready("unwrap", mechanism, unwrappingKey);
    return unwrap(this.#place, ready, input(wrapped, "the wrapped key"), given).handle;
  }

  // ── Checks shared by the above ───────────────────────────────────────────────────────────────────────────────

  #require(): void {
    demand(this.#token.sessions.has(this.handle), "SESSION_HANDLE_INVALID", "the session has ended");
    this.#token.surroundings.requireOperational();
  }

  #requireReadWrite(): void {
    this.#require();
    demand(this.#place.readWrite, "SESSION_READ_ONLY", "this needs a read-write session");
  }

  #visible(object: TokenObject): boolean {
    return !object.destroyed && (!object.isTrue("PRIVATE") || this.#token.privateAccess);
  }

  #object(
    handle: ObjectHandle,
    invalid: "OBJECT_HANDLE_INVALID" | (typeof KEY_USES)[KeyUse]["handle"] = "OBJECT_HANDLE_INVALID",
  ): TokenObject {
    this.#require();
    const object = this.#token.objects.get(handle);
    if (object === undefined || !this.#visible(object)) throw new CkrError(invalid, "no such object");
    return object;
  }

  #changeable(handle: ObjectHandle): TokenObject {
    const object = this.#object(handle);
    demand(
      object.session !== undefined || this.#place.readWrite,
      "SESSION_READ_ONLY",
      "token objects need a read-write session",
    );
    return object;
  }

  #ready(use: KeyUse, choice: MechanismChoice, handle: ObjectHandle): Ready {
    const { mechanism, params } = parseChoice(choice);
    const key = this.#object(handle, KEY_USES[use].handle);
    requireUse(use, mechanism, key);
    enforce(this.#token.surroundings.policy, "use", use, mechanism, params);
    return { mechanism, params, key, context: this.#context };
  }

  #start(kind: "encrypt" | "decrypt" | "sign" | "verify", choice: MechanismChoice, handle: ObjectHandle): void {
    const ready = this.#ready(kind, choice, handle);
    this.#operations.requireNone(kind);
    this.#operations.start(kind, START[kind](ready), ready.key);
  }

  #digestState(choice: MechanismChoice): ReturnType<NonNullable<Mechanism["digest"]>> {
    const { mechanism, params } = parseChoice(choice);
    this.#require();
    this.#operations.requireNone("digest");
    if (mechanism.digest === undefined) throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not digest`);
    return mechanism.digest(this.#context, params);
  }

  #startPair(choice: MechanismChoice, publicTemplate: KeyTemplate, privateTemplate: KeyTemplate | undefined): PairJob {
    const chosen = parseChoice(choice);
    const forPublic = takeTemplate(publicTemplate);
    const forPrivate = privateTemplate === undefined ? undefined : takeTemplate(privateTemplate);
    this.#require();
    return startPair(this.#place, chosen, forPublic, forPrivate);
  }

  #installPair(job: PairJob, made: NewKeyPair): KeyPairHandles {
    this.#require();
    const [publicKey, privateKey] = installPair(this.#place, job, made);
    return { publicKey: publicKey.handle, privateKey: privateKey.handle };
  }
}

function input(data: Uint8Array, what = "the data"): Uint8Array {
  return checked(() => copyBytes(data, what));
}

function verdict(valid: boolean): true {
  demand(valid, "SIGNATURE_INVALID", "the signature is not valid");
  return true;
}
