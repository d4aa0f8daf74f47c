import { describe, expect, test } from "vitest";
import { parseIdentityPolicy, parseKeyPolicy } from "../../../src/kms/policy/document.ts";
import { PolicyError } from "../../../src/kms/policy/policy-error.ts";
import { ACCOUNT, ALICE, FEDERATED, policyText, ROLE, ROOT, SERVICE, SESSION, statement } from "./support.ts";

const one = (elements: Record<string, unknown>): string => policyText([statement(elements)]);
const without = (name: string): string => {
  const { [name]: _, ...rest } = statement();
  return policyText([rest]);
};
const when = (Condition: unknown): string => one({ Condition });

describe("a key policy is refused", () => {
  const table: [string, string, string][] = [
    ["when it is not JSON", "{", "the policy is not valid JSON"],
    ["when it is nested out of all measure", "[".repeat(100_000), "the policy is not valid JSON"],
    ["when it is not an object", "[]", "the policy must be a JSON object"],
    ["when it is null", "null", "the policy must be a JSON object"],
    ["for an unknown version", policyText([statement()], "2020-01-01"), "Version must be"],
    ["for an unknown element", '{"Statement": [], "Statements": []}', 'unknown element "Statements"'],
    ["for an element called __proto__", '{"__proto__": {"Statement": []}}', 'unknown element "__proto__"'],
    ["for an Id that is not a string", '{"Id": 1, "Statement": {}}', "Statement[0].Effect"],
    ["without statements", "{}", "the policy has no Statement"],
    ["with an empty list of statements", '{"Statement": []}', "Statement is empty"],
    ["when a statement is not an object", '{"Statement": ["x"]}', "Statement[0] must be a JSON object"],
    ["for an unknown effect", one({ Effect: "allow" }), 'Statement[0].Effect must be "Allow" or "Deny"'],
    ["for an unknown statement element", one({ Actions: "*" }), 'Statement[0] has an unknown element "Actions"'],
    ["for a Sid that is not a string", one({ Sid: 1 }), "Statement[0].Sid must be a string"],
    ["without Action", without("Action"), "exactly one of Action and NotAction"],
    ["with both kinds of Action", one({ Action: "*", NotAction: "*" }), "exactly one of Action and NotAction"],
    ["without Resource", without("Resource"), "exactly one of Resource and NotResource"],
    ["without Principal", without("Principal"), "exactly one of Principal and NotPrincipal"],
    ["for an empty list of actions", one({ Action: [] }), "Statement[0].Action is empty"],
    ["for an action that is not a string", one({ Action: [1] }), "Statement[0].Action must be a string"],
    ["for an action without a service", one({ Action: "Encrypt" }), '"Encrypt" is not an action'],
    [
      "for a resource that is no ARN",
      one({ Resource: "key/1" }),
      'Statement[0].Resource: "key/1" must be in ARN format',
    ],
    ["for an open variable", one({ Resource: "arn:$" + "{aws:username" }), 'policy variable without "}"'],
    ["for an unnamed variable", one({ Resource: "arn:$" + "{}" }), "policy variable without a name"],
    ["for a bare default", one({ Resource: "arn:$" + "{a:b, c}" }), "must stand in single quotation marks"],
    ["for NotPrincipal in an Allow", one({ NotPrincipal: "*" }), 'NotPrincipal must be used with "Effect": "Deny"'],
    [
      "for a principal that is a bare name",
      one({ Principal: ALICE }),
      'Statement[0].Principal must be "*" or an object',
    ],
    ["for an unknown principal type", one({ Principal: { User: ALICE } }), 'unknown principal type "User"'],
    ["for a principal type called constructor", one({ Principal: { constructor: "*" } }), "unknown principal type"],
    ["without any principal", one({ Principal: {} }), "Statement[0].Principal names no principal"],
    [
      "with an empty list of principals",
      one({ Principal: { AWS: [] } }),
      "Statement[0].Principal.AWS names no principal",
    ],
    ["for a principal that is not a string", one({ Principal: { AWS: [1] } }), "must be a string"],
    ["for a condition that is not an object", when([]), "Statement[0].Condition must be a JSON object"],
    ["for an operator that is not an object", when({ Bool: "x" }), "Statement[0].Condition.Bool must be a JSON object"],
    ["for an unknown operator", when({ StringEqual: { "a:b": "c" } }), 'unknown condition operator "StringEqual"'],
    ["for an unknown set prefix", when({ "ForSome:Bool": { "a:b": true } }), "unknown condition operator"],
    ["for an operator called toString", when({ toString: { "a:b": "c" } }), 'unknown condition operator "toString"'],
    ["for NullIfExists", when({ NullIfExists: { "a:b": true } }), "unknown condition operator"],
    ["for a key without a service", when({ Bool: { b: true } }), '"b" is not a condition key'],
    ["for a condition without values", when({ Bool: { "a:b": [] } }), "has no value"],
    ["for a value that is an object", when({ Bool: { "a:b": {} } }), "must be a string, number or boolean"],
    ["for a value that is null", when({ Bool: { "a:b": [null] } }), "must be a string, number or boolean"],
    ["for a Bool that is neither", when({ Bool: { "a:b": "yes" } }), '"yes" is neither true nor false'],
    ["for a Null that is neither", when({ Null: { "a:b": "yes" } }), '"yes" is neither true nor false'],
    ["for a number that is none", when({ NumericEquals: { "a:b": "1O" } }), '"1O" is not a number'],
    ["for a date that is none", when({ DateEquals: { "a:b": "2026-13-40" } }), "is not an ISO 8601 date"],
    ["for a time without a zone", when({ DateEquals: { "a:b": "2026-01-01T00:00:00" } }), "is not an ISO 8601 date"],
    ["for bytes that are not base64", when({ BinaryEquals: { "a:b": "=" } }), "is not base64"],
    ["for an address that is none", when({ IpAddress: { "a:b": "1.2.3.4/33" } }), "is not an IP address or CIDR block"],
  ];
  test.each(table)("%s", (_, text, message) => {
    expect(() => parseKeyPolicy(text)).toThrow(PolicyError);
    expect(() => parseKeyPolicy(text)).toThrow(message);
  });
  test("for an Id that is not a string, once the statements are sound", () => {
    expect(() => parseKeyPolicy(JSON.stringify({ Id: 1, Statement: statement() }))).toThrow("Id must be a string");
  });
});

describe("principals", () => {
  const sound: unknown[] = [
    "*",
    { AWS: "*" },
    { AWS: ROOT },
    { AWS: ACCOUNT },
    { AWS: [ALICE, ROLE, SESSION, FEDERATED] },
    { AWS: "arn:aws-cn:iam::111122223333:role/aws-service-role/x.amazonaws.com/Y" },
    { Service: [SERVICE, "kms.amazonaws.com"] },
    { Federated: "arn:aws:iam::111122223333:saml-provider/Corp" },
    { CanonicalUser: "0123456789abcdef".repeat(4) },
    { AWS: ACCOUNT, Service: SERVICE },
  ];
  test.each(sound.map((value) => [JSON.stringify(value)]))("%s is sound", (text) => {
    expect(parseKeyPolicy(one({ Principal: JSON.parse(text) })).statements).toHaveLength(1);
  });
  const unsound: Record<string, string>[] = [
    { AWS: "" },
    { AWS: "Alice" },
    { AWS: "12345678901" },
    { AWS: "arn:aws:iam::12345:root" },
    { AWS: "arn:aws:iam::111122223333:role/*" },
    { AWS: "arn:aws:iam::*:root" },
    { AWS: "arn:aws:iam::111122223333:group/Admins" },
    { AWS: "arn:aws:sts::111122223333:assumed-role/Sender" },
    { AWS: `${ALICE}\n` },
    { AWS: SERVICE },
    { Service: "*" },
    { Service: "example.org" },
    { Federated: "*" },
    { CanonicalUser: "0123" },
  ];
  test.each(unsound.map((value) => [JSON.stringify(value)]))("%s is not", (text) => {
    expect(() => parseKeyPolicy(one({ Principal: JSON.parse(text) }))).toThrow("is not a principal");
  });
});

describe("an identity policy", () => {
  test.each(["Principal", "NotPrincipal"])("is refused when it has %s", (name) => {
    const text = policyText([{ Effect: "Deny", Action: "*", Resource: "*", [name]: "*" }]);
    expect(() => parseIdentityPolicy(text)).toThrow(`Statement[0] has an unknown element "${name}"`);
  });
  test("needs a Resource", () => {
    expect(() => parseIdentityPolicy(policyText([{ Effect: "Allow", Action: "*" }]))).toThrow(
      "exactly one of Resource",
    );
  });
  test("says where it is wrong", () => {
    const good = { Effect: "Allow", Action: "kms:*", Resource: "*" };
    const text = policyText([good, { ...good, Action: "kms" }]);
    expect(() => parseIdentityPolicy(text)).toThrow('Statement[1].Action: "kms" is not an action');
  });
});

describe("a sound document", () => {
  test("may have a single statement that is not in a list, and no version", () => {
    const { version, id, statements } = parseKeyPolicy(
      JSON.stringify({ Id: "x", Statement: statement({ Sid: "A b" }) }),
    );
    expect({ version, id, sid: statements[0]?.sid }).toEqual({ version: "2008-10-17", id: "x", sid: "A b" });
  });
  test("may have numbers and booleans as condition values, and an empty condition", () => {
    const condition = { Bool: { "a:b": true }, NumericEquals: { "a:c": [1, 2.5] } };
    expect(parseKeyPolicy(when(condition)).statements[0]?.conditions).toHaveLength(2);
    expect(parseKeyPolicy(when({})).statements[0]?.conditions).toEqual([]);
  });
});
