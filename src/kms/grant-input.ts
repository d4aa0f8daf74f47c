/** What CreateGrant is asked for, checked (API reference, CreateGrant; developer guide, "Creating grants"). */

import { partitionOf } from "./arn.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { GrantConstraints, GrantPrincipals, GrantRecord, Pairs } from "./grant-records.ts";
import type { OperationInput } from "./inputs.ts";
import { tryParseCaller } from "./policy/principals.ts";

type Input = OperationInput<"CreateGrant">;

/** All of a grant that its request says. */
export type GrantParameters = Omit<GrantRecord, "grantId" | "keyArn" | "secret" | "creationDate">;

/** "Up to 8 encryption context pairs", and values of "384 characters" (developer guide, "Using grant constraints"). */
const [MAX_PAIRS, MAX_VALUE] = [8, 384];

/** @throws KmsError ValidationException, and InvalidArnException for a principal that is none. */
export function grantParameters({ caller, region }: CallContext, input: Input): GrantParameters {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = input;
  const grantee = oneOf({ GranteePrincipal, GranteeServicePrincipal });
  const retiring = oneOf({ RetiringPrincipal, RetiringServicePrincipal });
  const constraints = constraintsOf(input.Constraints ?? {});
  if (grantee === undefined) fail("ValidationException", "Specify GranteePrincipal or GranteeServicePrincipal.");
  if (GranteeServicePrincipal !== undefined && (constraints.sourceArn === undefined || retiring === undefined)) {
    fail("ValidationException", "GranteeServicePrincipal needs a SourceArn constraint and a retiring principal.");
  }
  if (input.Operations.length === 0) fail("ValidationException", "Operations must name an operation.");
  const partition = caller.partition || partitionOf(region);
  return {
    name: input.Name ?? "",
    principals: { ...grantee, ...retiring },
    operations: [...new Set(input.Operations)],
    constraints,
    issuingAccount: `arn:${partition}:iam::${caller.accountId}:root`,
  };
}

const SYMMETRIC = [
  ...["Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"],
  ...["GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"],
];
/** The operations of a grant on a key that is not SYMMETRIC_DEFAULT, by usage (developer guide, "Grant operations"). */
// biome-ignore format: a table
const BY_USAGE: Readonly<Record<string, readonly string[]>> = {
  ENCRYPT_DECRYPT:         ["Decrypt", "Encrypt", "GetPublicKey", "ReEncryptFrom", "ReEncryptTo"],
  SIGN_VERIFY:             ["GetPublicKey", "Sign", "Verify"],
  GENERATE_VERIFY_MAC:     ["GenerateMac", "VerifyMac"],
  KEY_AGREEMENT:           ["DeriveSharedSecret", "GetPublicKey"],
  ENCAPSULATE_DECAPSULATE: ["Decapsulate", "Encapsulate", "GetPublicKey"],
};
const OF_EVERY_KEY = ["CreateGrant", "DescribeKey", "RetireGrant"];

/** @throws KmsError ValidationException when the key has no such operation, or no encryption context to constrain. */
export function requireFitting({ operations, constraints }: GrantParameters, key: KeyRecord): void {
  const symmetric = key.keySpec === "SYMMETRIC_DEFAULT";
  const possible = [...OF_EVERY_KEY, ...((symmetric ? SYMMETRIC : BY_USAGE[key.keyUsage]) ?? [])];
  const foreign = operations.find((operation) => !possible.includes(operation));
  if (foreign !== undefined) {
    fail("ValidationException", `A grant for a ${key.keySpec} key for ${key.keyUsage} cannot include ${foreign}.`);
  }
  if (!symmetric && (constraints.equals !== undefined || constraints.subset !== undefined)) {
    fail("ValidationException", "Encryption context constraints are for symmetric encryption KMS keys only.");
  }
}

/** The one principal that is given, under the name of its member. */
function oneOf(given: Readonly<Record<string, string | undefined>>): GrantPrincipals | undefined {
  const [first, second] = Object.entries(given).filter(([, principal]) => principal !== undefined);
  if (first === undefined) return undefined;
  const [member, principal = ""] = first;
  if (second !== undefined) fail("ValidationException", `${member} and ${second[0]} exclude each other.`);
  if (!/^[0-9]{12}$/.test(principal) && tryParseCaller(principal) === undefined) {
    fail("InvalidArnException", `${principal} is not the ARN of a principal.`);
  }
  return { [member]: principal };
}

function constraintsOf(given: NonNullable<Input["Constraints"]>): GrantConstraints {
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = given;
  if (EncryptionContextEquals !== undefined && EncryptionContextSubset !== undefined) {
    fail("ValidationException", "Specify EncryptionContextEquals or EncryptionContextSubset, but not both.");
  }
  return {
    ...(EncryptionContextEquals && { equals: pairsOf(EncryptionContextEquals) }),
    ...(EncryptionContextSubset && { subset: pairsOf(EncryptionContextSubset) }),
    ...(SourceArn !== undefined && { sourceArn: SourceArn }),
  };
}

function pairsOf(context: ReadonlyMap<string, string>): Pairs {
  const pairs = [...context].sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length > MAX_PAIRS || pairs.some(([, value]) => value.length > MAX_VALUE)) {
    fail("ValidationException", `A constraint has at most ${MAX_PAIRS} pairs, with values of ${MAX_VALUE} characters.`);
  }
  return pairs;
}
