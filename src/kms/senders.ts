/** Whose a request is, and in which Region, as far as it says. */

import { isRegion, partitionOf } from "./arn.ts";
import { type Caller, parseCaller } from "./policy/principals.ts";

/** What a request says of its sender beside its credentials. */
export interface Sender {
  readonly accessKeyId?: string;
  /** Of the credential scope: the Region that the client believes it talks to. */
  readonly region?: string;
}

/** The Region of a request: the one it is signed for, else `otherwise`. */
export function regionOf({ region }: Sender, otherwise: string): string {
  if (region === undefined || region === otherwise) return otherwise;
  return isRegion(region) ? region : otherwise;
}

/**
 * The principal of a request whose credentials were not issued here: the root of the account that its access key id
 * names, as clients of emulators choose accounts, else `otherwise`. An account root is that of the Region's partition.
 */
export function senderIn(region: string, { accessKeyId = "" }: Sender, otherwise: Caller): Caller {
  const isAccount = /^[0-9]{12}$/.test(accessKeyId);
  if (!isAccount && otherwise.kind !== "root") return otherwise;
  const account = isAccount ? accessKeyId : otherwise.accountId;
  const partition = partitionOf(region);
  if (otherwise.kind === "root" && account === otherwise.accountId && partition === otherwise.partition) {
    return otherwise;
  }
  return parseCaller(`arn:${partition}:iam::${account}:root`);
}
