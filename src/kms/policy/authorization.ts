/** The question put to the policies, and the answer. */

import type { ConditionContext } from "./context.ts";
import type { Caller } from "./principals.ts";
import type { PolicyDocument } from "./statement.ts";

/** A policy attached to the caller. */
export interface IdentityPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** Permission from elsewhere than a policy: a grant. */
export interface Allowance {
  readonly id: string;
  /** `undefined` when it permits the request; otherwise why not, to stand behind "grant <id>". */
  readonly unmet: () => string | undefined;
}

/** May this caller do this, to this resource, under these circumstances? */
export interface AuthorizationRequest {
  readonly caller: Caller;
  /** Such as `kms:Encrypt`. */
  readonly action: string;
  /** The ARN of the key or alias, or `*` for an action that has no resource. */
  readonly resource: string;
  /** The policy of the key; absent when the action concerns no key, so that identity policies alone decide. */
  readonly keyPolicy?: PolicyDocument | undefined;
  readonly identityPolicies: readonly IdentityPolicy[];
  readonly context: ConditionContext;
  readonly allowances?: readonly Allowance[] | undefined;
}

/** Where a decision comes from. */
export type Source =
  | { readonly kind: "key-policy"; readonly index: number; readonly sid?: string }
  | { readonly kind: "identity-policy"; readonly policy: string; readonly index: number; readonly sid?: string }
  | { readonly kind: "grant"; readonly id: string };

export interface Allowed {
  readonly allowed: true;
  /** `root`: the account root, for an action that concerns no key. */
  readonly reason: "key-policy" | "identity-policy" | "grant" | "root";
  readonly source?: Source;
}

export interface Denied {
  readonly allowed: false;
  readonly reason: "explicit-deny" | "implicit-deny";
  /** The statement that denies, or the one that left the decision to identity policies that do not allow. */
  readonly source?: Source;
  /** In plain words, what would have to be there (or not be there). */
  readonly missing: string;
  /** As AWS words it, for AccessDeniedException. */
  readonly message: string;
}

export type Decision = Allowed | Denied;

/** A decision with the question that it answers. */
export type Answer = Decision & {
  /** The caller's ARN. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
};
