import type { AuthorizationRequest, Decision } from "../../../src/kms/policy/authorization.ts";
import { conditionContext } from "../../../src/kms/policy/context.ts";
import { parseIdentityPolicy, parseKeyPolicy } from "../../../src/kms/policy/document.ts";
import { decide } from "../../../src/kms/policy/evaluate.ts";
import { callerKeys, parseCaller } from "../../../src/kms/policy/principals.ts";

export const ACCOUNT = "111122223333";
export const OTHER = "444455556666";
export const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const ALICE = `arn:aws:iam::${ACCOUNT}:user/Alice`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/Sender`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Sender/morning`;
export const FEDERATED = `arn:aws:sts::${ACCOUNT}:federated-user/Fred`;
export const STRANGER = `arn:aws:iam::${OTHER}:user/Sam`;
export const STRANGER_ROOT = `arn:aws:iam::${OTHER}:root`;
export const SERVICE = "logs.eu-west-1.amazonaws.com";

type Elements = Record<string, unknown>;

/** The text of a policy with these statements; each allows everything to everyone but for what it says. */
export function policyText(statements: Elements[], version = "2012-10-17"): string {
  return JSON.stringify({ Version: version, Statement: statements });
}

/** A key policy statement: an Allow of every action to everyone, but for what is given. `undefined` removes. */
export function statement(elements: Elements = {}): Elements {
  const not = (name: string, value: unknown): Elements => (`Not${name}` in elements ? {} : { [name]: value });
  return {
    Effect: "Allow",
    ...not("Principal", "*"),
    ...not("Action", "*"),
    ...not("Resource", "*"),
    ...elements,
  };
}

export interface Question {
  caller?: string;
  roleArn?: string;
  action?: string;
  resource?: string;
  key?: Elements[] | undefined;
  identity?: Elements[];
  context?: Record<string, string[]>;
  allowances?: AuthorizationRequest["allowances"];
  version?: string;
}

export function request(question: Question): AuthorizationRequest {
  const caller = parseCaller(question.caller ?? ALICE, question.roleArn);
  const identity = question.identity?.map(({ Principal: _, ...rest }) => rest);
  return {
    caller,
    action: question.action ?? "kms:Decrypt",
    resource: question.resource ?? KEY,
    ...(question.key && { keyPolicy: parseKeyPolicy(policyText(question.key, question.version)) }),
    identityPolicies: identity
      ? [{ name: "attached", document: parseIdentityPolicy(policyText(identity, question.version)) }]
      : [],
    context: conditionContext([...callerKeys(caller), ...Object.entries(question.context ?? {})]),
    ...(question.allowances && { allowances: question.allowances }),
  };
}

export function ask(question: Question): Decision {
  return decide(request(question));
}
