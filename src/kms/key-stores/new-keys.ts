/** What CreateKey asks of a custom key store before it makes a key in it. */

import type { CallContext, KeyOrigin, KeyRecord } from "../context.ts";
import { fail, KmsError } from "../errors.ts";
import type { OperationInput } from "../inputs.ts";
import { keyById } from "../key-records.ts";
import { isImportable, type KeySpec } from "../key-specs.ts";
import { recordsAfter } from "../pagination.ts";
import { KEY_STORE_KEYS } from "../record-ids.ts";
import { entryPrefix, type KeyStoreEntry } from "./key-entries.ts";
import { checkKey } from "./proxy-client.ts";
import { PROXY_FAILURES, ProxyFailure } from "./proxy-failures.ts";
import { connectionOf, type KeyStoreRecord, keyStoreById, typeOf } from "./record.ts";

type Input = OperationInput<"CreateKey">;

const ORIGINS = { AWS_CLOUDHSM: "AWS_CLOUDHSM", EXTERNAL_KEY_STORE: "EXTERNAL_KEY_STORE" } as const;
/** CreateKey and CreateCustomKeyStore need two active HSMs (service model, CloudHsmClusterInvalidConfigurationException). */
export const LEAST_HSMS = 2;

/**
 * Where the material comes from, with the parameters that go with it.
 * @throws KmsError ValidationException, UnsupportedOperationException
 */
export function originOf(
  { Origin = "AWS_KMS", CustomKeyStoreId, XksKeyId, MultiRegion }: Input,
  keySpec: KeySpec,
): KeyOrigin {
  const inKeyStore = Object.hasOwn(ORIGINS, Origin);
  if (inKeyStore !== (CustomKeyStoreId !== undefined)) {
    const expected = inKeyStore ? "requires" : "does not allow";
    fail("ValidationException", `Origin ${Origin} ${expected} a CustomKeyStoreId.`);
  }
  if ((Origin === "EXTERNAL_KEY_STORE") !== (XksKeyId !== undefined)) {
    const expected = Origin === "EXTERNAL_KEY_STORE" ? "requires" : "does not allow";
    fail("ValidationException", `Origin ${Origin} ${expected} an XksKeyId.`);
  }
  if (inKeyStore ? keySpec !== "SYMMETRIC_DEFAULT" : Origin === "EXTERNAL" && !isImportable(keySpec)) {
    fail("UnsupportedOperationException", `KeySpec ${keySpec} is not supported with Origin ${Origin}.`);
  }
  if (inKeyStore && MultiRegion === true) {
    fail("UnsupportedOperationException", `Multi-Region keys are not supported with Origin ${Origin}.`);
  }
  return Origin;
}

/**
 * The place of a new key in a custom key store; nothing for one that is in none.
 * @throws KmsError CustomKeyStoreNotFoundException, CustomKeyStoreInvalidStateException,
 * CloudHsmClusterInvalidConfigurationException, XksKeyAlreadyInUseException, and what the proxy has against the key.
 */
export async function keyStoreOf(
  context: CallContext,
  origin: KeyOrigin,
  input: Input,
): Promise<KeyRecord["keyStore"]> {
  const { CustomKeyStoreId: id, XksKeyId: externalKeyId } = input;
  if (id === undefined) return undefined;
  const keyStore = await keyStoreById(context, id);
  if (typeOf(keyStore) !== origin) {
    fail("ValidationException", `The custom key store ${id} is of type ${typeOf(keyStore)}, not ${origin}.`);
  }
  const { state } = connectionOf(keyStore, context.now);
  if (state !== "CONNECTED") fail("CustomKeyStoreInvalidStateException", `The custom key store ${id} is ${state}.`);
  if (keyStore.cluster !== undefined) return inCluster(context, keyStore, keyStore.cluster.clusterId);
  await checkExternalKey(context, keyStore, externalKeyId as string);
  return { id, externalKeyId: externalKeyId as string };
}

function inCluster({ surroundings }: CallContext, { id }: KeyStoreRecord, clusterId: string): KeyRecord["keyStore"] {
  if ((surroundings.cluster(clusterId)?.hsms ?? LEAST_HSMS) < LEAST_HSMS) {
    fail("CloudHsmClusterInvalidConfigurationException", `The cluster ${clusterId} has fewer than ${LEAST_HSMS} HSMs.`);
  }
  return { id, clusterId };
}

async function checkExternalKey(context: CallContext, keyStore: KeyStoreRecord, externalKeyId: string): Promise<void> {
  const entry = await context.store.get<KeyStoreEntry>(
    KEY_STORE_KEYS,
    entryPrefix(context, keyStore.id) + externalKeyId,
  );
  const user = entry && (await keyById(context, entry.value.keyId));
  if (user !== undefined) {
    const { arn } = user.value;
    fail("XksKeyAlreadyInUseException", `The external key ${externalKeyId} is associated with ${arn} already.`);
  }
  const { proxy } = keyStore;
  if (proxy === undefined) return;
  try {
    await checkKey(context, { proxy, operation: "CreateKey" }, externalKeyId);
  } catch (error) {
    if (!(error instanceof ProxyFailure)) throw error;
    const { key, message } = PROXY_FAILURES[error.failure];
    throw new KmsError(key, message, { cause: error });
  }
}

/** The keys in a custom key store, those pending deletion among them. */
export async function* keysIn(context: CallContext, keyStoreId: string): AsyncIterable<KeyRecord> {
  const prefix = entryPrefix(context, keyStoreId);
  for await (const { value } of recordsAfter<KeyStoreEntry>(context.store, KEY_STORE_KEYS, prefix, undefined)) {
    const key = await keyById(context, value.keyId);
    if (key !== undefined) yield key.value;
  }
}
