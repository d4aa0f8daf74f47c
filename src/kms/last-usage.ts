/** GetKeyLastUsage, and what it tells: the last successful cryptographic operation with each key. */

import { ChunkedMap } from "../storage/chunked-map.ts";
import type { Restorable } from "../storage/restorable.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import type { OperationInput } from "./inputs.ts";
import type { Call } from "./interception.ts";
import { findAuthorized } from "./key-access.ts";

/** The operations that count (service model, KeyLastUsageTrackingOperation), with the outputs that name their keys. */
const TRACKED: ReadonlyMap<string, readonly ("KeyId" | "SourceKeyId")[]> = new Map(
  Object.entries({
    Decapsulate: ["KeyId"],
    Decrypt: ["KeyId"],
    DeriveSharedSecret: ["KeyId"],
    Encapsulate: ["KeyId"],
    Encrypt: ["KeyId"],
    GenerateDataKey: ["KeyId"],
    GenerateDataKeyPair: ["KeyId"],
    GenerateDataKeyPairWithoutPlaintext: ["KeyId"],
    GenerateDataKeyWithoutPlaintext: ["KeyId"],
    GenerateMac: ["KeyId"],
    ReEncrypt: ["SourceKeyId", "KeyId"],
    Sign: ["KeyId"],
    Verify: ["KeyId"],
    VerifyMac: ["KeyId"],
  }),
);

interface Usage {
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly eventId: string;
  readonly requestId: string;
}

/** The state that a snapshot of the KMS holds. */
export type LastUsagesState = ChunkedMap<Usage>;

/**
 * The last use of every key since this KMS was made. It is kept in memory, so that no operation has to write; as AWS's
 * own record it has a beginning, and says so.
 */
export class LastUsages implements Restorable<LastUsagesState> {
  /** Milliseconds since the epoch. */
  readonly since: number;
  #usages = new ChunkedMap<Usage>();

  constructor(since: number) {
    this.since = since;
  }

  /** Takes note of a call that has succeeded, and of the event that records it. */
  record({ operation, eventId, requestId }: Call, output: object | undefined, now: number): void {
    const members = TRACKED.get(operation);
    if (members === undefined || output === undefined) return;
    for (const member of members) {
      const arn = (output as Readonly<Record<string, unknown>>)[member];
      if (typeof arn === "string") this.#usages.set(arn, { operation, time: now, eventId, requestId });
    }
  }

  save(): LastUsagesState {
    return this.#usages.copy();
  }

  load(state: LastUsagesState): void {
    this.#usages = state.copy();
  }

  of({ arn }: KeyRecord): Usage | undefined {
    return this.#usages.get(arn);
  }
}

/** GetKeyLastUsage (API reference, GetKeyLastUsage). Related multi-Region keys are used independently. */
export async function getKeyLastUsage(context: CallContext, input: OperationInput<"GetKeyLastUsage">): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:GetKeyLastUsage", { aliases: false });
  const { lastUsages } = context;
  return {
    KeyId: key.keyId,
    KeyLastUsage: usageMembers(lastUsages.of(key)),
    TrackingStartDate: new Date(Math.max(key.creationDate, lastUsages.since)),
    KeyCreationDate: new Date(key.creationDate),
  };
}

function usageMembers(usage: Usage | undefined): object {
  if (usage === undefined) return {};
  const { operation, time, eventId, requestId } = usage;
  return {
    Operation: operation,
    Timestamp: new Date(time),
    CloudTrailEventId: eventId,
    KmsRequestId: requestId,
  };
}
