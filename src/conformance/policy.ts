/**
 * What the suites may leave out or leave open, as data: the reasons for a skip or a stricter refusal, and what is
 * expected of a vector that its source calls acceptable. Whatever is not in these tables fails the run.
 */

import type { Verdict } from "./suite.ts";

/** The reason codes of `skipped` and `stricter-reject`, each with the sentence that the reports show. */
// biome-ignore format: a table
export const REASONS: Readonly<Record<string, string>> = {
  "acvp-conformance":         "messages randomised before they are hashed (SP 800-106) are not offered",
  "acvp-fixed-info-pattern":  "the answer depends on how the implementation lays out the fixed information, and the file's own layout is not the one it names",
  "acvp-input-missing":       "the prompt does not hold what the answer is computed from",
  "acvp-unknown":             "a test type, an encoding or a parameter of ACVP that is not known here",
  "bit-oriented":             "a length that is not whole bytes, and the token works on bytes",
  "bitcoin-low-s":            "a rule of Bitcoin, not of ECDSA: the larger of the two values of s is as valid (FIPS 186-5, 6.4.2)",
  "ccm-short-tag":            "tags below 64 bits are refused (SP 800-38C, B.2)",
  "ctr-wraps-around":         "the 128-bit counter would come back to a block already used (SP 800-38A, B.1)",
  "drbg-input-length":        "the DRBG of the token takes entropy input of 256 to 384 bits with the derivation function and of 384 bits without, and a nonce from 128 bits",
  "empty-secret":             "a secret key has at least one byte",
  "gcm-long-iv":              "IVs above 256 bytes are refused: PKCS #11 v3.1, 6.13.3 takes no longer ones",
  "gcm-own-iv-length":        "the IVs that the token makes have 96 bits (SP 800-38D, 8.2.2)",
  "gcm-short-iv":             "IVs below 64 bits are refused; strict takes those from 96 (SP 800-38D, 5.2.1.1)",
  "gcm-short-tag":            "tags below 96 bits are refused (SP 800-38D, 5.2.1.2 and appendix C)",
  "hmac-long-key":            "HMAC keys above 4096 bytes are refused",
  "hmac-short-key":           "HMAC keys below 112 bits are refused (SP 800-131A, 10)",
  "iv-of-implementation":     "the implementation is to choose the IV itself, and the answer holds none to compare with",
  "kdf-long-output":          "more output than a secret key of this HSM may have",
  "kdf-short-base-key":       "base keys below 112 bits are refused (SP 800-131A, 8)",
  "kdf-short-output":         "derived keys below 112 bits are refused (SP 800-131A, 8)",
  "key-generation-method":    "the token generates keys by another method of FIPS 186-5 than the one asked for",
  "kw-inverse-cipher":        "the variant with the inverse cipher, which PKCS #11 has no mechanism for (SP 800-38F, 5.1)",
  "no-curve":                 "the token does not have this curve",
  "key-size":                "the module says that it takes no keys of this size (CKR_KEY_SIZE_RANGE)",
  "no-attribute":            "the module does not have an attribute that the case reads",
  "no-key-type":             "the module makes no keys of this type and refuses to take one",
  "not-through-pkcs11":      "the case is not run by the module: it ends before the module is asked, or has no call of PKCS #11 2.40",
  "no-mechanism":             "the token has no mechanism for this algorithm, hash, curve or parameter set",
  "openssl-interface":        "the case is of OpenSSL's own interface: an argument missing or a control that no standard knows",
  "pbkdf2-iterations":        "a call does at most 10,000,000 rounds of HMAC",
  "rsa-modulus-length":       "moduli below 1024 bits and above 8192 are refused; strict takes 2048 to 4096 (SP 800-131A, 3 and 6)",
  "rsa-multi-prime":          "PKCS #11 has no attributes for keys of more than two primes: their PKCS #8 is refused",
  "rsa-prime-lengths":        "both primes have half of the bits of the modulus (FIPS 186-5, A.1.1)",
  "rsa-public-exponent":      "public exponents are odd and from 3 to 2^256; strict takes those from 65537 (FIPS 186-5, A.1.1)",
};

/** `either` is for what two right implementations may do differently without harm. */
export type Expectation = "accept" | "reject" | "either";

export interface FlagRule {
  readonly flag: string;
  /** The suites that the rule is for; all of them where it is not given. A rule for a suite goes before a general one. */
  readonly suites?: readonly string[];
  readonly expect: Expectation;
  readonly reason: string;
}

/** What the HSM is expected to do with a vector whose result is "acceptable", by its flags. */
// biome-ignore format: a table
export const FLAG_POLICY: readonly FlagRule[] = [
  { flag: "CompressedPoint",         expect: "reject", reason: "public keys are uncompressed points (PKCS #11 v3.1, 6.3.3); compressed ones are optional in RFC 5480" },
  { flag: "CompressedPublic",        expect: "reject", reason: "public keys are uncompressed points (PKCS #11 v3.1, 6.3.3); compressed ones are optional in RFC 5480" },
  { flag: "Constructed",             expect: "accept", reason: "the ciphertext was made for the test and is valid" },
  { flag: "EdgeCaseMultiplication",  expect: "accept", reason: "says which inputs the case has, and nothing against them" },
  { flag: "EdgeCaseShared",          expect: "accept", reason: "says which inputs the case has, and nothing against them" },
  { flag: "EncryptionWithLabel",     expect: "accept", reason: "a label is part of RSAES-OAEP (RFC 8017, 7.1)" },
  { flag: "InvalidAsn",              expect: "reject", reason: "keys are strict DER: another encoding of the same key is not one of it" },
  { flag: "InvalidPem",              expect: "reject", reason: "keys are strict DER: another encoding of the same key is not one of it" },
  { flag: "Ktv",                     expect: "accept", reason: "says which inputs the case has, and nothing against them" },
  { flag: "LowOrderPublic",          expect: "accept", reason: "RFC 7748, 5 takes any public key; what leads to a shared secret of zeros has a flag of its own" },
  { flag: "MissingNull",             expect: "reject", reason: "the DigestInfo is compared with the one of RFC 8017, 9.2, which has the NULL" },
  { flag: "ModifiedCofactor",        expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "ModifiedCurveParameter",  expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "ModifiedGenerator",       expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "NegativeOfPrime",         expect: "reject", reason: "a negative number is no prime" },
  { flag: "NoCofactor",              expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "NonCanonicalPublic",      expect: "accept", reason: "RFC 7748, 5: non-canonical values are processed as if they had been reduced" },
  { flag: "ShortKey",                expect: "reject", reason: "a wrapped key has at least two blocks of 64 bits (SP 800-38F, 5.3.1)" },
  { flag: "SmallIntegerCiphertext",  expect: "accept", reason: "says which inputs the case has, and nothing against them" },
  { flag: "SmallModulus",            expect: "accept", reason: "the standard's policy takes moduli from 1024 bits, as legacy signatures have them; strict takes those from 2048 (SP 800-131A, 3)" },
  { flag: "SmallPublicKey",          expect: "accept", suites: ["xdh"], reason: "RFC 7748, 5 takes any public key; what leads to a shared secret of zeros has a flag of its own" },
  { flag: "SpecialPublicKey",        expect: "accept", reason: "says which inputs the case has, and nothing against them" },
  { flag: "Twist",                   expect: "accept", reason: "RFC 7748, 5 takes any public key, the points of the twist too" },
  { flag: "UnnamedCurve",            expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "UnusedParam",             expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "WeakHash",                expect: "accept", reason: "SHA-1 signatures are made on demand, as PKCS #11 has mechanisms for them; what is weak is for the caller to leave out" },
  { flag: "WrongOrder",              expect: "reject", reason: "explicit curve parameters are forbidden (RFC 5480, 2.1.1)" },
  { flag: "ZeroSharedSecret",        expect: "reject", reason: "a shared secret of zeros is refused (RFC 7748, 6.1)" },
];

/** The rule for one flag of a suite's vector. */
export function flagRule(suite: string, flag: string): FlagRule | undefined {
  const rules = FLAG_POLICY.filter((rule) => rule.flag === flag);
  return rules.find((rule) => rule.suites?.includes(suite)) ?? rules.find((rule) => rule.suites === undefined);
}

/**
 * The verdict on an acceptable vector: one flag that calls for rejection decides, then one that leaves it open, and
 * it is to be accepted only when all its flags say so (C2SP/wycheproof, issue 59). A flag without a rule fails.
 */
export function judgeAcceptable(
  suite: string,
  flags: readonly string[],
  accepted: boolean,
): { readonly verdict: Verdict; readonly detail?: string } {
  const rules = flags.map((flag) => flagRule(suite, flag));
  const unknown = flags.filter((_, index) => rules[index] === undefined);
  if (flags.length === 0)
    return { verdict: "failed", detail: "an acceptable vector without a flag: no rule says what to expect" };
  if (unknown.length > 0)
    return { verdict: "failed", detail: `no rule for the flag ${unknown.join(", ")} of an acceptable vector` };
  const expectations = new Set(rules.map((rule) => rule?.expect));
  const expected = (["reject", "either", "accept"] as const).find((one) => expectations.has(one));
  if (expected !== "either" && accepted !== (expected === "accept"))
    return {
      verdict: "failed",
      detail: `the flag policy expects ${expected}, the token did ${accepted ? "accept" : "reject"}`,
    };
  return { verdict: accepted ? "accepted-acceptable" : "rejected-acceptable" };
}
