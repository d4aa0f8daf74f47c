/** Who may call: roles' and users' policies, and the credentials by which requests name their principals. */

import { toBase64 } from "../bytes/bytes.ts";
import type { Restorable } from "../storage/restorable.ts";
import { type AccessKey, accessKeyOf, type Credentials, type GivenAccessKey, requireCurrent } from "./access-keys.ts";
import { partitionOf } from "./arn.ts";
import type { Circumstances } from "./circumstances.ts";
import { fail } from "./errors.ts";
import type { IdentityPolicy } from "./policy/authorization.ts";
import { parseIdentityPolicy } from "./policy/document.ts";
import { PolicyError } from "./policy/policy-error.ts";
import { type Caller, parseCaller, tryParseCaller } from "./policy/principals.ts";

export type { Credentials } from "./access-keys.ts";

export interface RoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** 900 to 43,200; 3,600 when the client did not say. */
  readonly durationSeconds: number;
  /** Session tags: `aws:PrincipalTag`. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** A long-term access key. */
export interface OwnCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RoleCredentials extends TemporaryCredentials {
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly assumedRoleArn: string;
  /** `<role id>:<session>` */
  readonly assumedRoleId: string;
}

export interface IdentitiesOptions {
  readonly account: string;
  readonly region: string;
  readonly now: () => number;
  /** Makes access keys, tokens and role ids, so that a seeded run gives the same ones. */
  readonly random: (byteLength: number) => Uint8Array;
}

/** The state that a snapshot of the KMS holds. */
export interface IdentitiesState {
  readonly policies: ReadonlyMap<string, ReadonlyMap<string, IdentityPolicy>>;
  readonly issued: ReadonlyMap<string, AccessKey>;
  readonly ids: ReadonlyMap<string, string>;
}

const NONE: readonly IdentityPolicy[] = [];

/** What credentials say that were not issued here. */
const UNKNOWN: Circumstances = {};

/** Who makes a request, and what its credentials say of its circumstances. */
export interface Sender {
  readonly caller: Caller;
  readonly circumstances: Circumstances;
}

/**
 * The identities of one account. A request without credentials, or with some that were not issued here, is the
 * account root's: an emulator's clients carry whatever credentials they happen to have.
 */
export class Identities implements Restorable<IdentitiesState> {
  readonly root: Caller;
  readonly #options: IdentitiesOptions;
  /** By ARN of the role or user, then by name. */
  #policies = new Map<string, Map<string, IdentityPolicy>>();
  /** Expired ones stay, so that they never turn into unknown ones. */
  #issued = new Map<string, AccessKey>();
  #ids = new Map<string, string>();

  constructor(options: IdentitiesOptions) {
    this.#options = options;
    this.root = parseCaller(`arn:${partitionOf(options.region)}:iam::${options.account}:root`);
  }

  /**
   * Attaches a policy to a role or user, in place of one of the same name.
   * @param document the policy as JSON text or as an object.
   * @throws PolicyError for a principal that is not a role or user, a name that is none, or a malformed document.
   */
  attachPolicy(principalArn: string, name: string, document: string | object): void {
    const policy = this.readPolicy(principalArn, name, document);
    const policies = this.#policies.get(principalArn) ?? new Map<string, IdentityPolicy>();
    policies.set(name, policy);
    this.#policies.set(principalArn, policies);
  }

  /** Reads a policy without attaching it. @throws PolicyError as {@link attachPolicy} */
  readPolicy(principalArn: string, name: string, document: string | object): IdentityPolicy {
    const { kind } = parseCaller(principalArn);
    if (kind !== "role" && kind !== "user") {
      throw new PolicyError(`${principalArn} is not a role or user, which are what policies are attached to`);
    }
    if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw new PolicyError(`${JSON.stringify(name)} is not a policy's name`);
    const text = typeof document === "string" ? document : JSON.stringify(document);
    return { name, document: parseIdentityPolicy(text) };
  }

  /** Whether there was a policy of that name. */
  detachPolicy(principalArn: string, name: string): boolean {
    return this.#policies.get(principalArn)?.delete(name) ?? false;
  }

  /** The policies that speak for a caller; a session has those of its role. */
  policiesOf(caller: Caller): readonly IdentityPolicy[] {
    if (this.#policies.size === 0) return NONE;
    return [...(this.#policies.get(roleOf(caller)) ?? new Map<string, IdentityPolicy>()).values()];
  }

  /**
   * Whose request this is; `otherwise` for credentials that are absent or not from here.
   * @throws KmsError ExpiredTokenException, UnrecognizedClientException for a wrong session token
   */
  callerOf(credentials: Credentials, otherwise: Caller = this.root): Caller {
    return this.senderOf(credentials, otherwise).caller;
  }

  /** As {@link callerOf}, with what the credentials say of the circumstances. */
  senderOf(credentials: Credentials, otherwise: Caller = this.root): Sender {
    return this.#issuedTo(credentials) ?? { caller: otherwise, circumstances: UNKNOWN };
  }

  /** Takes an access key, in place of one of the same identifier. @throws PolicyError */
  addAccessKey(given: GivenAccessKey): void {
    this.#issued.set(given.accessKeyId, accessKeyOf(given));
  }

  /** What requests with that access key are signed with, or `undefined` when there is none. */
  secretOf(accessKeyId: string): string | undefined {
    return this.#issued.get(accessKeyId)?.secretAccessKey;
  }

  /** A long-term access key of a principal, made when there is none yet. */
  accessKeyOf(caller: Caller): OwnCredentials {
    for (const [accessKeyId, key] of this.#issued) {
      const isLongTerm = key.sessionToken === undefined && Object.keys(key.circumstances).length === 0;
      if (isLongTerm && key.caller.arn === caller.arn) return { accessKeyId, secretAccessKey: key.secretAccessKey };
    }
    const { random } = this.#options;
    const own = { accessKeyId: `AKIA${letters(random(16))}`, secretAccessKey: toBase64(random(30)) };
    this.#issued.set(own.accessKeyId, { caller, circumstances: {}, secretAccessKey: own.secretAccessKey });
    return own;
  }

  /**
   * STS AssumeRole: any role of the account may be assumed by anybody; trust policies do not exist here.
   * @throws KmsError ValidationException for what is not a role, AccessDeniedException for another account's
   */
  assumeRole(request: RoleRequest, credentials: Credentials, otherwise?: Caller): RoleCredentials {
    const caller = this.callerOf(credentials, otherwise);
    const { roleArn, sessionName, durationSeconds } = request;
    const role = tryParseCaller(roleArn);
    if (role?.kind !== "role") fail("ValidationException", `${roleArn} is invalid`);
    if (role.accountId !== this.#options.account || role.partition !== this.root.partition) {
      fail(
        "AccessDeniedException",
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      );
    }
    const assumedRoleArn = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`;
    const assumedRoleId = `${this.#idOf(roleArn, "AROA")}:${sessionName}`;
    const session = parseCaller(assumedRoleArn, roleArn);
    const tags = request.tags && { principalTags: request.tags };
    const issued = this.#issue(session, durationSeconds, { userId: assumedRoleId, ...tags });
    return { ...issued, assumedRoleArn, assumedRoleId };
  }

  /** STS GetSessionToken: temporary credentials of the caller's own. @throws KmsError AccessDeniedException */
  sessionToken(durationSeconds: number, credentials: Credentials, otherwise?: Caller): TemporaryCredentials {
    const { caller, circumstances } = this.senderOf(credentials, otherwise);
    if (credentials.sessionToken !== undefined || (caller.kind !== "user" && caller.kind !== "root")) {
      fail("AccessDeniedException", "Cannot call GetSessionToken with session credentials");
    }
    return this.#issue(caller, durationSeconds, circumstances);
  }

  #issue(caller: Caller, durationSeconds: number, circumstances: Circumstances): TemporaryCredentials {
    const { random, now } = this.#options;
    const accessKeyId = `ASIA${letters(random(16))}`;
    const sessionToken = toBase64(random(96));
    const tokenIssueTime = now();
    const expiresAt = tokenIssueTime + durationSeconds * 1000;
    const secretAccessKey = toBase64(random(30));
    this.#issued.set(accessKeyId, {
      caller,
      circumstances: { ...circumstances, tokenIssueTime },
      secretAccessKey,
      sessionToken,
      expiresAt,
    });
    return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiresAt) };
  }

  /** STS GetCallerIdentity. @throws KmsError as {@link callerOf} */
  callerIdentity(
    credentials: Credentials,
    otherwise?: Caller,
  ): { readonly arn: string; readonly account: string; readonly userId: string } {
    const caller = this.callerOf(credentials, otherwise);
    const userId = this.#issuedTo(credentials)?.circumstances.userId ?? this.#userIdOf(caller);
    return { arn: caller.arn, account: caller.accountId, userId };
  }

  save(): IdentitiesState {
    const policies = [...this.#policies].map(([arn, named]): [string, Map<string, IdentityPolicy>] => [
      arn,
      new Map(named),
    ]);
    return { policies: new Map(policies), issued: new Map(this.#issued), ids: new Map(this.#ids) };
  }

  load({ policies, issued, ids }: IdentitiesState): void {
    this.#policies = new Map([...policies].map(([arn, named]) => [arn, new Map(named)]));
    this.#issued = new Map(issued);
    this.#ids = new Map(ids);
  }

  #issuedTo(credentials: Credentials): AccessKey | undefined {
    const { accessKeyId } = credentials;
    const issued = accessKeyId === undefined ? undefined : this.#issued.get(accessKeyId);
    if (issued !== undefined) requireCurrent(issued, credentials, this.#options.now());
    return issued;
  }

  #userIdOf(caller: Caller): string {
    switch (caller.kind) {
      case "root":
        return caller.accountId;
      case "assumed-role":
        return `${this.#idOf(roleOf(caller), "AROA")}:${caller.arn.slice(caller.arn.lastIndexOf("/") + 1)}`;
      case "role":
        return this.#idOf(caller.arn, "AROA");
      case "federated-user":
        return `${caller.accountId}:${caller.name}`;
      default:
        return this.#idOf(caller.arn, "AIDA");
    }
  }

  /** A principal's unique id, made when it is first asked for. */
  #idOf(arn: string, prefix: "AROA" | "AIDA"): string {
    const id = this.#ids.get(arn) ?? prefix + letters(this.#options.random(17));
    this.#ids.set(arn, id);
    return id;
  }
}

/** The ARN that policies are attached to: a session's is its role's. */
function roleOf(caller: Caller): string {
  if (caller.kind !== "assumed-role") return caller.arn;
  return caller.roleArn ?? `arn:${caller.partition}:iam::${caller.accountId}:role/${caller.name}`;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** One letter of base 32 for each byte. */
function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("");
}
