import { copyBytes } from "../bytes/bytes.ts";
import { type AttributeName, type AttributeValue, CKA, type Template, type ValueOf } from "../cryptoki/attributes.ts";
import type { ObjectClass } from "../cryptoki/constants.ts";
import { CkrError, checked, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle, SlotId } from "../cryptoki/handles.ts";
import type { Context, Mechanism } from "../mechanisms/mechanism.ts";
import { type MechanismChoice, parseChoice } from "../mechanisms/registry.ts";
import { checkChange } from "../objects/build.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { type KeyTemplate, readTemplate } from "../objects/template.ts";
import * as keys from "./key-management.ts";
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
import { runInSlices } from "./slices.ts";
import type { Token, TokenInfo, UserType } from "./token.ts";

export interface KeyPairHandles {
  readonly publicKey: ObjectHandle;
  readonly privateKey: ObjectHandle;
}

/** Attributes that were asked for by name. */
export type Attributes<N extends AttributeName> = { readonly [K in N]: ValueOf<K> };

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

/**
 * A session with a token (PKCS #11 v3.1, 5.6): the way to its objects and operations.
 *
 * Every method may throw {@link CkrError} with CKR_SESSION_HANDLE_INVALID after the session has ended, CKR_DEVICE_ERROR
 * in the HSM's error state, and CKR_ARGUMENTS_BAD for an argument of the wrong type. Bytes that come in are copied
 * before they are checked; bytes that go out are the caller's own. `CKR_BUFFER_TOO_SMALL` does not exist here.
 */
export class Session {
  readonly handle: SessionHandle;
  readonly #token: Token;
  readonly #place: keys.Place;
  readonly #operations: ActiveOperations;
  readonly #context: Context;
  #search: Iterator<TokenObject> | undefined;

  constructor(handle: SessionHandle, token: Token, readWrite: boolean) {
    this.handle = handle;
    this.#token = token;
    this.#context = { engine: token.surroundings.engine, rng: token.surroundings.rng };
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
    this.#require();
    return keys.create(this.#place, readTemplate(template)).handle;
  }

  /** C_CopyObject. @throws CkrError CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT */
  copyObject(object: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    const source = this.#object(object);
    return keys.copy(this.#place, source, readTemplate(template, source.get("CLASS"))).handle;
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
    const target = this.#object(object);
    demand(Array.isArray(names), "ARGUMENTS_BAD", "the attribute names must be an array");
    const readable = target.get("SENSITIVE") === false && target.isTrue("EXTRACTABLE");
    const secrets = new Set<AttributeName>(target.secretNames());
    for (const name of names) {
      demand(
        Object.hasOwn(CKA, name) && target.has(name),
        "ATTRIBUTE_TYPE_INVALID",
        `the object has no ${Object.hasOwn(CKA, name) ? `CKA_${name}` : "such attribute"}`,
      );
      demand(readable || !secrets.has(name), "ATTRIBUTE_SENSITIVE", `CKA_${name} does not leave the token`);
    }
    const values = names.map((name): [N, AttributeValue] => [
      name,
      secrets.has(name)
        ? target.secret(name).use((bytes) => Uint8Array.from(bytes))
        : outward(target.get(name) as AttributeValue),
    ]);
    return Object.fromEntries(values) as Attributes<N>;
  }

  /** C_SetAttributeValue: all the changes, or none. @throws CkrError CKR_ATTRIBUTE_READ_ONLY, CKR_ACTION_PROHIBITED */
  setAttributes(object: ObjectHandle, template: KeyTemplate): void {
    const target = this.#changeable(object);
    demand(target.isTrue("MODIFIABLE"), "ACTION_PROHIBITED", "CKA_MODIFIABLE is false");
    const changes = Object.entries(readTemplate(template, target.get("CLASS"))) as [AttributeName, AttributeValue][];
    for (const [name, value] of changes) {
      checkChange(target, name, value, { copy: false, isSo: this.#token.loggedIn === "so" });
      enforce(this.#token.surroundings.policy, "change", target, name, value);
    }
    this.#token.objects.update(target, () => {
      for (const [name, value] of changes) target.set(name, value as never);
    });
  }

  /** C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal in one. An empty template finds everything visible. */
  findObjects(template: KeyTemplate = {}, options: { readonly limit?: number } = {}): ObjectHandle[] {
    this.findInit(template);
    try {
      return this.find(options.limit ?? Number.POSITIVE_INFINITY);
    } finally {
      this.findFinal();
    }
  }

  findInit(template: KeyTemplate = {}): void {
    this.#require();
    demand(this.#search === undefined, "OPERATION_ACTIVE", "this session is in the middle of a find operation");
    this.#search = this.#token.objects.find(readTemplate(template));
  }

  /** The next handles of the running search, at most `limit`. @throws CkrError CKR_OPERATION_NOT_INITIALIZED */
  find(limit: number): ObjectHandle[] {
    this.#require();
    if (this.#search === undefined)
      throw new CkrError("OPERATION_NOT_INITIALIZED", "this session has no find operation");
    const found: ObjectHandle[] = [];
    while (found.length < limit) {
      const { done, value } = this.#search.next();
      if (done) break;
      if (this.#visible(value)) found.push(value.handle);
    }
    return found;
  }

  findFinal(): void {
    this.#require();
    demand(this.#search !== undefined, "OPERATION_NOT_INITIALIZED", "this session has no find operation");
    this.#search = undefined;
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
    this.#token.surroundings.seedRandom(input(seed, "the seed"));
  }

  // ── Key management (5.18) ────────────────────────────────────────────────────────────────────────────────────

  /** C_GenerateKey. */
  generateKey(mechanism: MechanismChoice, template: KeyTemplate = {}): ObjectHandle {
    this.#require();
    const chosen = parseChoice(mechanism);
    return keys.generate(this.#place, chosen.mechanism, chosen.params, readTemplate(template, "SECRET_KEY")).handle;
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
    const job = this.#startPair(mechanism, publicTemplate, privateTemplate);
    const made = await runInSlices(job.steps, options.signal);
    this.#require();
    return this.#installPair(job, made);
  }

  /** C_DeriveKey. */
  deriveKey(mechanism: MechanismChoice, baseKey: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    return keys.derive(this.#place, this.#ready("derive", mechanism, baseKey), readTemplate(template, "SECRET_KEY"))
      .handle;
  }

  /** C_WrapKey. @throws CkrError CKR_KEY_UNEXTRACTABLE, CKR_KEY_NOT_WRAPPABLE, CKR_WRAPPING_KEY_SIZE_RANGE … */
  wrapKey(mechanism: MechanismChoice, wrappingKey: ObjectHandle, key: ObjectHandle): Uint8Array {
    return keys.wrap(this.#place, this.#ready("wrap", mechanism, wrappingKey), this.#object(key, "KEY_HANDLE_INVALID"));
  }

  /** C_UnwrapKey. @throws CkrError CKR_WRAPPED_KEY_INVALID for all that depends on the blob */
  unwrapKey(
    mechanism: MechanismChoice,
    unwrappingKey: ObjectHandle,
    wrapped: Uint8Array,
    template: KeyTemplate = {},
  ): ObjectHandle {
    const ready = this.#ready("unwrap", mechanism, unwrappingKey);
    const objectClass = (template as Template | undefined)?.CLASS ?? "SECRET_KEY";
    return keys.unwrap(
      this.#place,
      ready,
      input(wrapped, "the wrapped key"),
      readTemplate(template, objectClass as ObjectClass),
    ).handle;
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
    const key = this.#object(handle, KEY_USES[use].handle);
    const { mechanism, params } = parseChoice(choice);
    requireUse(use, mechanism, key);
    return { mechanism, params, key, context: this.#context };
  }

  #start(kind: "encrypt" | "decrypt" | "sign" | "verify", choice: MechanismChoice, handle: ObjectHandle): void {
    const ready = this.#ready(kind, choice, handle);
    this.#operations.requireNone(kind);
    this.#operations.start(kind, START[kind](ready), ready.key);
  }

  #digestState(choice: MechanismChoice): ReturnType<NonNullable<Mechanism["digest"]>> {
    this.#require();
    this.#operations.requireNone("digest");
    const { mechanism, params } = parseChoice(choice);
    if (mechanism.digest === undefined) throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not digest`);
    return mechanism.digest(this.#context, params);
  }

  #startPair(choice: MechanismChoice, publicTemplate: KeyTemplate, privateTemplate: KeyTemplate | undefined): PairJob {
    this.#require();
    const { mechanism, params } = parseChoice(choice);
    const templates = keys.pairTemplates(mechanism, publicTemplate, privateTemplate);
    const steps = keys.startPair(this.#place, mechanism, params, templates.publicKey);
    keys.rehearsePair(this.#place, mechanism, templates);
    return { mechanism, templates, steps };
  }

  #installPair({ mechanism, templates }: PairJob, made: keys.MadePair): KeyPairHandles {
    const [publicKey, privateKey] = keys.installPair(this.#place, mechanism, templates, made);
    return { publicKey: publicKey.handle, privateKey: privateKey.handle };
  }
}

interface PairJob {
  readonly mechanism: Mechanism;
  readonly templates: keys.PairTemplates;
  readonly steps: ReturnType<typeof keys.startPair>;
}

function input(data: Uint8Array, what = "the data"): Uint8Array {
  return checked(() => copyBytes(data, what));
}

function outward(value: AttributeValue): AttributeValue {
  return value instanceof Uint8Array ? Uint8Array.from(value) : value;
}

function verdict(valid: boolean): true {
  demand(valid, "SIGNATURE_INVALID", "the signature is not valid");
  return true;
}
