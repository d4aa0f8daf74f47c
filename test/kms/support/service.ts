/** The KMS operations over a token, called as the dispatcher calls them, with permissions that a test decides about. */

import { utf8 } from "../../../src/bytes/bytes.ts";
import { seededEntropy } from "../../../src/crypto/entropy.ts";
import { keyArn } from "../../../src/kms/arn.ts";
import type { CallContext, KeyRecord, KeyState } from "../../../src/kms/context.ts";
import { KmsError } from "../../../src/kms/errors.ts";
import type { OperationName } from "../../../src/kms/inputs.ts";
import { rotated } from "../../../src/kms/key-life.ts";
import { changeKey, changeSet } from "../../../src/kms/key-records.ts";
import { setChanges } from "../../../src/kms/key-set.ts";
import { KEY_SPECS, type KeySpec, type KeyUsage } from "../../../src/kms/key-specs.ts";
import { Surroundings } from "../../../src/kms/key-stores/surroundings.ts";
import { LastUsages } from "../../../src/kms/last-usage.ts";
import { NitroTrust } from "../../../src/kms/nitro/trust.ts";
import { operationNamed } from "../../../src/kms/operations.ts";
import { emptyContext } from "../../../src/kms/policy/context.ts";
import { parseCaller } from "../../../src/kms/policy/principals.ts";
import { createVault } from "../../../src/kms/token-vault.ts";
import { validate } from "../../../src/kms/validate.ts";
import { memoryStore } from "../../../src/storage/memory.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import { pooledRsaEngine } from "../../support/rsa-pool.ts";

export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly conditions: Record<string, readonly string[]>;
}

/** Answers of any operation; what the tests read of them is bytes or text. */
// biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the operation's name
type Answer = any;

export interface Service {
  /** Every permission that was asked for, in order. */
  readonly asked: Permission[];
  /** Actions that are refused, with an ARN behind them for one key only: `kms:Decrypt <arn>`. */
  readonly denied: Set<string>;
  createKey(spec?: KeySpec, usage?: KeyUsage): Promise<KeyRecord>;
  /** Puts a new material in front of the key's others, as a rotation does. */
  rotate(key: KeyRecord): Promise<void>;
  setState(key: KeyRecord, state: KeyState): Promise<void>;
  call(operation: OperationName, input: object): Promise<Answer>;
}

const ACCOUNT = "111122223333";
const REGION = "us-east-1";
export const UNKNOWN_KEY = "00000000-0000-4000-8000-000000000000";

/** In another Region, or with SM2 where AWS has none. */
export function createService({ region = REGION, sm2 = false } = {}): Service {
  const store = memoryStore();
  const vault = createVault(
    createHsm({ pin: null, entropy: seededEntropy(utf8("pocket-hsm test/kms")), engine: pooledRsaEngine }),
  );
  const asked: Permission[] = [];
  const denied = new Set<string>();
  let keys = 0;

  const context: CallContext = {
    caller: parseCaller(`arn:aws:iam::${ACCOUNT}:user/alice`),
    account: ACCOUNT,
    region,
    sm2,
    now: 0,
    store,
    vault,
    lastUsages: new LastUsages(0),
    nitro: new NitroTrust(),
    note: () => {},
    surroundings: new Surroundings(),
    at: () => context,
    with: () => context,
    conditions: () => emptyContext,
    async authorize(action, resource, conditions) {
      const name = typeof resource === "string" ? resource : resource.arn;
      asked.push({ action, resource: name, conditions: Object.fromEntries(conditions ?? []) });
      if (denied.has(action) || denied.has(`${action} ${name}`)) throw new KmsError("AccessDeniedException", "denied");
    },
  };

  const change = (key: KeyRecord, changes: (current: KeyRecord) => Partial<KeyRecord>): Promise<KeyRecord> =>
    changeKey(context, key, (current) => ({ ...current, ...changes(current) }));

  return {
    asked,
    denied,
    async createKey(spec = "SYMMETRIC_DEFAULT", usage = Object.keys(KEY_SPECS[spec].usages)[0] as KeyUsage) {
      const keyId = `00000000-0000-4000-8000-${String(++keys).padStart(12, "0")}`;
      const material = await vault.createBackingKey(keyId, spec, usage);
      const key: KeyRecord = {
        keyId,
        arn: keyArn(context, keyId),
        account: ACCOUNT,
        region,
        keySpec: spec,
        keyUsage: usage,
        origin: "AWS_KMS",
        multiRegion: false,
        description: "",
        state: "Enabled",
        creationDate: 0,
        policy: "",
        tags: [],
        materials: [material],
      };
      await store.commit(await setChanges(store, [], [key]));
      return key;
    },
    async rotate(key) {
      const material = await vault.createBackingKey(key.keyId, key.keySpec, key.keyUsage);
      await changeSet(context, key, (_, set) => rotated(set, material, { date: 0, type: "ON_DEMAND" }));
    },
    async setState(key, state) {
      await change(key, () => ({ state }));
    },
    async call(operation, input) {
      const { shape, handler } = operationNamed(operation) as NonNullable<ReturnType<typeof operationNamed>>;
      return handler(context, validate(shape, input));
    },
  };
}
