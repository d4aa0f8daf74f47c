/** The table of operations: what does each one. Its input's shape is in the table beside it (inputs.ts). */

import type { Soon } from "../storage/soon.ts";
import { deriveSharedSecret } from "./agreement.ts";
import { createAlias, deleteAlias, listAliases, updateAlias } from "./aliases.ts";
import type { CallContext } from "./context.ts";
import { createKey } from "./create-key.ts";
import {
  generateDataKey,
  generateDataKeyPair,
  generateDataKeyPairWithoutPlaintext,
  generateDataKeyWithoutPlaintext,
} from "./data-keys.ts";
import { decapsulate, encapsulate } from "./encapsulation.ts";
import { decrypt, encrypt, reEncrypt } from "./encrypt.ts";
import { createGrant, listGrants, listRetirableGrants, retireGrant, revokeGrant } from "./grants.ts";
import { deleteImportedKeyMaterial, importKeyMaterial } from "./import-material.ts";
import { getParametersForImport } from "./import-parameters.ts";
import { inputShape, type OperationInput, type OperationName } from "./inputs.ts";
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from "./key-policies.ts";
import { listKeyRotations } from "./key-rotations.ts";
import { connectCustomKeyStore, disconnectCustomKeyStore } from "./key-stores/connections.ts";
import {
  createCustomKeyStore,
  deleteCustomKeyStore,
  describeCustomKeyStores,
  updateCustomKeyStore,
} from "./key-stores/operations.ts";
import {
  cancelKeyDeletion,
  describeKey,
  disableKey,
  enableKey,
  getPublicKey,
  listKeys,
  scheduleKeyDeletion,
  updateKeyDescription,
} from "./keys.ts";
import { getKeyLastUsage } from "./last-usage.ts";
import { generateMac, verifyMac } from "./mac.ts";
import { generateRandom } from "./random.ts";
import { replicateKey, updatePrimaryRegion } from "./replicate.ts";
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus, rotateKeyOnDemand } from "./rotation.ts";
import type { StructureShape } from "./shapes.ts";
import { sign, verify } from "./sign.ts";
import { listResourceTags, tagResource, untagResource } from "./tags.ts";

type Handlers = {
  readonly [Name in OperationName]?: (
    context: CallContext,
    input: OperationInput<Name>,
    // biome-ignore lint/suspicious/noConfusingVoidType: an operation without output returns nothing
  ) => Soon<object | void>;
};

// biome-ignore format: a table
export const OPERATIONS: Handlers = {
  CancelKeyDeletion:       cancelKeyDeletion,
  ConnectCustomKeyStore:   connectCustomKeyStore,
  CreateAlias:             createAlias,
  CreateCustomKeyStore:    createCustomKeyStore,
  CreateGrant:             createGrant,
  CreateKey:               createKey,
  Decapsulate:             decapsulate,
  Decrypt:                 decrypt,
  DeleteAlias:             deleteAlias,
  DeleteCustomKeyStore:    deleteCustomKeyStore,
  DeleteImportedKeyMaterial:deleteImportedKeyMaterial,
  DeriveSharedSecret:      deriveSharedSecret,
  DescribeCustomKeyStores: describeCustomKeyStores,
  DescribeKey:             describeKey,
  DisableKey:              disableKey,
  DisableKeyRotation:      disableKeyRotation,
  DisconnectCustomKeyStore: disconnectCustomKeyStore,
  EnableKey:               enableKey,
  EnableKeyRotation:       enableKeyRotation,
  Encapsulate:             encapsulate,
  Encrypt:                 encrypt,
  GenerateDataKey:         generateDataKey,
  GenerateDataKeyPair:     generateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateMac:             generateMac,
  GenerateRandom:          generateRandom,
  GetKeyLastUsage:         getKeyLastUsage,
  GetKeyPolicy:            getKeyPolicy,
  GetKeyRotationStatus:    getKeyRotationStatus,
  GetParametersForImport:  getParametersForImport,
  GetPublicKey:            getPublicKey,
  ImportKeyMaterial:       importKeyMaterial,
  ListAliases:             listAliases,
  ListGrants:              listGrants,
  ListKeyPolicies:         listKeyPolicies,
  ListKeyRotations:        listKeyRotations,
  ListKeys:                listKeys,
  ListResourceTags:        listResourceTags,
  ListRetirableGrants:     listRetirableGrants,
  PutKeyPolicy:            putKeyPolicy,
  ReEncrypt:               reEncrypt,
  ReplicateKey:            replicateKey,
  RetireGrant:             retireGrant,
  RevokeGrant:             revokeGrant,
  RotateKeyOnDemand:       rotateKeyOnDemand,
  ScheduleKeyDeletion:     scheduleKeyDeletion,
  Sign:                    sign,
  TagResource:             tagResource,
  UntagResource:           untagResource,
  UpdateAlias:             updateAlias,
  UpdateCustomKeyStore:    updateCustomKeyStore,
  UpdateKeyDescription:    updateKeyDescription,
  UpdatePrimaryRegion:     updatePrimaryRegion,
  Verify:                  verify,
  VerifyMac:               verifyMac,
};

/** What a call needs of its operation, found by one look into a Map: a member of an object of sixty takes V8 longer. */
export interface Operation {
  readonly shape: StructureShape;
  /** For an input that the shape has been checked against. */
  readonly handler: (context: CallContext, input: object) => Soon<object | undefined>;
}

const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(OPERATIONS).map(([name, handler]) => [
    name,
    { shape: inputShape(name as OperationName), handler: handler as Operation["handler"] },
  ]),
);

/** Whether the text names an operation of this service. */
export function isOperation(name: string): name is OperationName {
  return operations.has(name);
}

/** The operation of that name, or `undefined` when this service has none. */
export function operationNamed(name: string): Operation | undefined {
  return operations.get(name);
}
