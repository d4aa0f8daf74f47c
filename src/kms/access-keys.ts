/** Access keys: what requests are signed with, and whose it is. */

import type { Circumstances } from "./circumstances.ts";
import { fail } from "./errors.ts";
import { PolicyError } from "./policy/policy-error.ts";
import { type Caller, parseCaller } from "./policy/principals.ts";

/** What a request says of its sender. */
export interface Credentials {
  readonly accessKeyId?: string;
  readonly sessionToken?: string | undefined;
}

export interface AccessKey {
  readonly caller: Caller;
  /** Of all requests that are made with this key. */
  readonly circumstances: Circumstances;
  readonly secretAccessKey: string;
  /** Of temporary credentials, and so are the next two. */
  readonly sessionToken?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** An access key that is given instead of issued: by a test, or in a seed document. */
export interface GivenAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The ARN of a user, role, role session, federated user or account root, or the name of an AWS service. */
  readonly principal: string;
  /** Tags of the principal: `aws:PrincipalTag`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Makes it a service's forward access session: `kms:ViaService`, `aws:CalledVia`. */
  readonly viaService?: string;
  readonly sourceArn?: string;
}

/** @throws PolicyError when the identifier, the secret or the principal is none. */
export function accessKeyOf(given: GivenAccessKey): AccessKey {
  const { accessKeyId, secretAccessKey, sessionToken, principal, tags, viaService, sourceArn } = given;
  if (!/^\w{4,128}$/.test(accessKeyId)) {
    throw new PolicyError(`${JSON.stringify(accessKeyId)} is not an access key: 4 to 128 letters and digits expected`);
  }
  if (secretAccessKey === "") throw new PolicyError(`the access key ${accessKeyId} has an empty secret`);
  return {
    caller: parseCaller(principal),
    circumstances: {
      ...(tags && { principalTags: tags }),
      ...(viaService !== undefined && { viaService }),
      ...(sourceArn !== undefined && { sourceArn }),
    },
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

/** @throws KmsError UnrecognizedClientException for a wrong session token, ExpiredTokenException */
export function requireCurrent(key: AccessKey, { sessionToken }: Credentials, now: number): void {
  if (key.sessionToken !== sessionToken) {
    fail("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    fail("ExpiredTokenException", "The security token included in the request is expired");
  }
}

const TEXTS = ["accessKeyId", "secretAccessKey", "sessionToken", "principal", "viaService", "sourceArn"];

/**
 * The access keys of a document: a list of objects with the members of {@link GivenAccessKey}.
 * @throws PolicyError saying which entry is malformed and how, never a secret.
 */
export function readAccessKeys(value: unknown, what: string): GivenAccessKey[] {
  if (!Array.isArray(value)) throw new PolicyError(`${what} must be a list`);
  return value.map((entry: unknown, i) => {
    const place = `${what}[${i}]`;
    if (typeof entry !== "object" || entry === null) throw new PolicyError(`${place} must be an object`);
    for (const [name, member] of Object.entries(entry)) {
      const isText = TEXTS.includes(name) && typeof member === "string";
      if (!isText && !(name === "tags" && isTexts(member))) {
        throw new PolicyError(`${place}.${name} is not a member, or not of the right type`);
      }
    }
    for (const name of ["accessKeyId", "secretAccessKey", "principal"]) {
      if (!Object.hasOwn(entry, name)) throw new PolicyError(`${place} has no ${name}`);
    }
    accessKeyOf(entry as GivenAccessKey);
    return entry as GivenAccessKey;
  });
}

function isTexts(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");
}
