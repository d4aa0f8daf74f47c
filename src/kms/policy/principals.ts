/** Who makes a request, read from an ARN. */

import { PolicyError } from "./policy-error.ts";

export type CallerKind = "root" | "user" | "role" | "assumed-role" | "federated-user" | "service";

/** The principal of a request. */
export interface Caller {
  readonly arn: string;
  readonly kind: CallerKind;
  /** Empty for an AWS service. */
  readonly partition: string;
  /** Empty for an AWS service. */
  readonly accountId: string;
  /** Of the user, the federated user, or the role; for a session, of its role. */
  readonly name: string;
  /** The role of a session, when it is known: a session's ARN does not carry the role's path. */
  readonly roleArn?: string;
}

const IAM_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):(?:(root)|(user|role)\/(?:[!-)+->@-~]{0,511}\/)?([\w+=,.@-]{1,64}))$/;
const STS_ARN =
  /^arn:(aws[a-z-]*):sts::(\d{12}):(?:(assumed-role)\/([\w+=,.@-]{1,64})\/[\w+=,.@-]{2,64}|(federated-user)\/([\w+=,.@-]{2,32}))$/;
const SERVICE = /^[a-z0-9.-]{1,128}\.amazonaws\.com(?:\.cn)?$/;

/**
 * A caller from the ARN of an account root, user, role, role session or federated user, or an AWS service's name.
 * @param roleArn the role of an `assumed-role` session, with its path.
 * @throws PolicyError when `arn` is none of these, or `roleArn` is not the role of this session.
 */
export function parseCaller(arn: string, roleArn?: string): Caller {
  const caller = tryParseCaller(arn);
  if (caller === undefined) {
    throw new PolicyError(
      `${JSON.stringify(arn)} is not a principal: the ARN of a root, user, role or session expected`,
    );
  }
  if (roleArn === undefined) return caller;
  const role = tryParseCaller(roleArn);
  const fits = role?.kind === "role" && role.accountId === caller.accountId && role.name === caller.name;
  if (caller.kind !== "assumed-role" || !fits || role.partition !== caller.partition) {
    throw new PolicyError(`${JSON.stringify(roleArn)} is not the role of ${arn}`);
  }
  return { ...caller, roleArn };
}

/** As {@link parseCaller}, without the exception. */
export function tryParseCaller(arn: string): Caller | undefined {
  const iam = IAM_ARN.exec(arn);
  if (iam !== null) {
    const [, partition = "", accountId = "", root, kind, name = ""] = iam;
    return { arn, kind: root ? "root" : (kind as "user" | "role"), partition, accountId, name };
  }
  const sts = STS_ARN.exec(arn);
  if (sts !== null) {
    const [, partition = "", accountId = "", session, roleName = "", , userName = ""] = sts;
    const kind = session ? "assumed-role" : "federated-user";
    return { arn, kind, partition, accountId, name: session ? roleName : userName };
  }
  return SERVICE.test(arn) ? { arn, kind: "service", partition: "", accountId: "", name: arn } : undefined;
}

const PRINCIPAL_TYPES: { readonly [K in Exclude<CallerKind, "service">]: string } = {
  root: "Account",
  user: "User",
  role: "AssumedRole",
  "assumed-role": "AssumedRole",
  "federated-user": "FederatedUser",
};

/**
 * The condition keys that follow from the caller alone: `aws:PrincipalArn` (a session's is its role's),
 * `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`, `aws:username` and `kms:CallerAccount`.
 */
export function callerKeys(caller: Caller): [string, string[]][] {
  const { kind } = caller;
  if (kind === "service") {
    return [
      ["aws:PrincipalIsAWSService", ["true"]],
      ["aws:PrincipalServiceName", [caller.name]],
    ];
  }
  const keys: [string, string[]][] = [
    ["aws:PrincipalArn", [principalArn(caller)]],
    ["aws:PrincipalAccount", [caller.accountId]],
    ["aws:PrincipalType", [PRINCIPAL_TYPES[kind]]],
    ["aws:PrincipalIsAWSService", ["false"]],
    ["kms:CallerAccount", [caller.accountId]],
  ];
  if (kind === "user") keys.push(["aws:username", [caller.name]]);
  return keys;
}

function principalArn(caller: Caller): string {
  if (caller.kind !== "assumed-role") return caller.arn;
  return caller.roleArn ?? `arn:${caller.partition}:iam::${caller.accountId}:role/${caller.name}`;
}
