/** What the policy language does not allow, in a document or a principal; KMS answers MalformedPolicyDocumentException. */
export class PolicyError extends Error {
  override readonly name: string = "PolicyError";
}

/** A principal that is none; KMS has a text of its own for it. */
export class InvalidPrincipalError extends PolicyError {}
