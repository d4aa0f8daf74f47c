/** GetKeyLastUsage, and what it tells: the last successful cryptographic operation with each key. */

import type { Restorable } from "../storage/restorable.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import type { KmsEvent } from "./event-record.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized } from "./key-access.ts";

/** The operations that count (service model, KeyLastUsageTrackingOperation). */
const TRACKED: ReadonlySet<string> = new Set([
  ...["Decapsulate", "Decrypt", "DeriveSharedSecret", "Encapsulate", "Encrypt", "GenerateDataKey"],
  ...["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac"],
  ...["ReEncrypt", "Sign", "Verify", "VerifyMac"],
]);

/** KeyLastUsageData (API reference). */
interface Usage {
  readonly Operation: string;
  readonly Timestamp: Date;
  readonly CloudTrailEventId: string;
  readonly KmsRequestId: string;
}

/** The state that a snapshot of the KMS holds. */
export type LastUsagesState = ReadonlyMap<string, Usage>;

/**
 * The last use of every key since this KMS was made, as its events tell it. It is kept in memory, so that no operation
 * has to write; as AWS's own record it has a beginning, and says so.
 */
export class LastUsages implements Restorable<LastUsagesState> {
  /** Milliseconds since the epoch. */
  readonly since: number;
  #usages = new Map<string, Usage>();

  constructor(since: number) {
    this.since = since;
  }

  /** Takes note of a call, if it used keys and succeeded; ReEncrypt uses two. */
  learn({ eventName, errorCode, eventTime, eventID, requestID, resources }: KmsEvent): void {
    if (errorCode !== undefined || !TRACKED.has(eventName)) return;
    const usage = {
      Operation: eventName,
      Timestamp: new Date(eventTime),
      CloudTrailEventId: eventID,
      KmsRequestId: requestID,
    };
    for (const { type, ARN } of resources) if (type === "AWS::KMS::Key") this.#usages.set(ARN, usage);
  }

  of({ arn }: KeyRecord): Usage | undefined {
    return this.#usages.get(arn);
  }

  save(): LastUsagesState {
    return new Map(this.#usages);
  }

  load(state: LastUsagesState): void {
    this.#usages = new Map(state);
  }
}

/** GetKeyLastUsage (API reference, GetKeyLastUsage). Related multi-Region keys are used independently. */
export async function getKeyLastUsage(context: CallContext, input: OperationInput<"GetKeyLastUsage">): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:GetKeyLastUsage", { aliases: false });
  const { lastUsages } = context;
  return {
    KeyId: key.keyId,
    KeyLastUsage: lastUsages.of(key) ?? {},
    TrackingStartDate: new Date(Math.max(key.creationDate, lastUsages.since)),
    KeyCreationDate: new Date(key.creationDate),
  };
}
