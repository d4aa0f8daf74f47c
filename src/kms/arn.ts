/** Names of keys and aliases: `arn:<partition>:kms:<region>:<account>:key/<id>` and `…:alias/<name>`. */

export interface KmsArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** `key/<id>` or `alias/<name>` */
  readonly resource: string;
}

const ARN = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):([0-9]{12}):((?:key|alias)\/.+)$/;
const KEY_ID = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;

/** The partition that a region is in; ARNs of its resources begin with it. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** Whether the text is like a Region's name, `us-east-1` or `us-gov-west-1`. */
export function isRegion(text: string): boolean {
  return /^([a-z]+-){2,3}[0-9]+$/.test(text);
}

/** The parts of a key's or alias's ARN, or `undefined` when the text is not one. */
export function parseArn(text: string): KmsArn | undefined {
  const [, partition, region, account, resource] = ARN.exec(text) ?? [];
  if (partition === undefined || region === undefined || account === undefined || resource === undefined) {
    return undefined;
  }
  return { partition, region, account, resource };
}

interface Place {
  readonly account: string;
  readonly region: string;
}

export function keyArn({ account, region }: Place, keyId: string): string {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:key/${keyId}`;
}

/** @param name with its prefix, `alias/…`. */
export function aliasArn({ account, region }: Place, name: string): string {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${name}`;
}

/** Whether the text has the form of a key's identifier: a UUID in either case, or a multi-Region key's `mrk-…`. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** A key identifier from 16 random bytes: a version 4 UUID (RFC 9562, 5.4), or `mrk-` and 32 digits. */
export function keyIdFrom(random: Uint8Array, multiRegion: boolean): string {
  const bytes = Uint8Array.from(random);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return multiRegion
    ? `mrk-${hex}`
    : `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
