/** What the policy language does not allow, in a document or a principal; KMS answers MalformedPolicyDocumentException. */
export class PolicyError extends Error {
  override readonly name: string = "PolicyError";
}
