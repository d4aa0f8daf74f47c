/** The HSM: `pocket-hsm`. */

export type { Engine } from "./crypto/engine.ts";
export { EntropyError, type EntropySource, seededEntropy } from "./crypto/entropy.ts";
export { hardenedEngine } from "./crypto/hardened/engine.ts";
export { pureEngine } from "./crypto/pure-engine.ts";
export type { AttributeName, AttributeValue, Template, ValueOf } from "./cryptoki/attributes.ts";
export { CKP, type KeyType, type MechanismName, type ObjectClass } from "./cryptoki/constants.ts";
export { CkrError } from "./cryptoki/error.ts";
export type { ObjectHandle, SessionHandle, SlotId } from "./cryptoki/handles.ts";
export type { CkrName } from "./cryptoki/return-values.ts";
export type { AuthenticatedKey, CurveFlag, SealedMessage } from "./mechanisms/mechanism.ts";
export type { MessageParams } from "./mechanisms/message-aead.ts";
export type { IvGenerator } from "./mechanisms/message-iv.ts";
export {
  type MechanismChoice,
  type MechanismInfo,
  type MechanismOperation,
  mechanismInfo,
} from "./mechanisms/registry.ts";
export type { Policy, PolicyName, PolicyRule } from "./objects/policy.ts";
export type { KeyTemplate, Usage } from "./objects/template.ts";
export type { KnownAnswerName, PairwiseName, SelfTestName, SelfTestOutcome } from "./selftest/self-tests.ts";
export type { Attributes } from "./token/attributes.ts";
export { createHsm, type Hsm, type HsmOptions, type SlotInfo } from "./token/hsm.ts";
export type {
  BatchChoice,
  BatchOptions,
  CancelKind,
  KeyPairHandles,
  LoginType,
  Session,
  SessionInfo,
} from "./token/session.ts";
export type { SlotDescription } from "./token/slots.ts";
export type { TokenInfo, UserType } from "./token/token.ts";
export type { Validation } from "./token/validations.ts";
