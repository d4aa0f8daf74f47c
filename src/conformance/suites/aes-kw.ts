/**
 * AES-KW and AES-KWP (SP 800-38F), through CKM_AES_KEY_WRAP and CKM_AES_KEY_WRAP_KWP as ciphers: C_Encrypt and C_Decrypt.
 *
 * As key wrapping proper the strict policy refuses them on principle; where the wrapped data could be a key, the lax
 * session wraps and unwraps it as one too.
 */

import type { KeyTemplate } from "../../objects/template.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseEvp } from "../parsers/evp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { byFormat, bytesAt, caseOf, difference, firstOf, type Input, suite, type Trial } from "./support.ts";
import { secretKey, withKey } from "./token.ts";

export const aesKw: Suite = suite(
  "aes-kw",
  "AES-KW and AES-KWP",
  ({ algorithm }) => ["AES-KW", "AES-KWP", "AES-KW and AES-KWP"].includes(algorithm),
  byFormat({ wycheproof, acvp, evp: openssl }, (input) =>
    input.file.path.includes("kwp_botan") ? botan(input) : cavp(input),
  ),
);

type Wrap = "AES_KEY_WRAP" | "AES_KEY_WRAP_KWP";

/** The shortest and the longest secret key of our token. */
const FEWEST_KEY_BYTES = 14;
const MOST_KEY_BYTES = 4096;

/** Whether wrapped data is tried as a key too. */
function couldBeKey({ offers, module }: Input, mechanism: Wrap, data: Uint8Array): boolean {
  const fits = data.length >= FEWEST_KEY_BYTES && data.length <= MOST_KEY_BYTES;
  return offers(mechanism, "wrap") && (fits || module !== undefined);
}

/** Some modules have these mechanisms for keys alone, not as ciphers. */
function isCipher({ offers }: Input, mechanism: Wrap): boolean {
  return offers(mechanism, "encrypt") || !offers(mechanism, "wrap");
}

function wrap(input: Input, mechanism: Wrap, key: Uint8Array, data: Uint8Array, wrapped: Uint8Array) {
  const { session, lax } = input;
  const asData = () =>
    withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
      difference(session.encrypt(mechanism, handle, data), wrapped),
    );
  const asKey = () =>
    withKey(lax, wrappingKey(key), (handle) =>
      withKey(lax, secretKey("GENERIC_SECRET", data, "sign"), (target) =>
        difference(lax.wrapKey(mechanism, handle, target), wrapped),
      ),
    );
  return firstOf(
    isCipher(input, mechanism) ? asData() : undefined,
    couldBeKey(input, mechanism, data) ? asKey() : undefined,
  );
}

function unwrap(input: Input, mechanism: Wrap, key: Uint8Array, wrapped: Uint8Array, data: Uint8Array) {
  const { session, lax } = input;
  const asData = () =>
    withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
      difference(session.decrypt(mechanism, handle, wrapped), data),
    );
  const asKey = () =>
    withKey(lax, wrappingKey(key), (handle) => {
      const template = {
        CLASS: "SECRET_KEY",
        KEY_TYPE: "GENERIC_SECRET",
        sensitive: false,
        extractable: true,
      } as const;
      const target = lax.unwrapKey(mechanism, handle, wrapped, template);
      const found = lax.getAttributes(target, ["VALUE"]).VALUE;
      lax.destroyObject(target);
      return difference(found, data);
    });
  return firstOf(
    isCipher(input, mechanism) ? asData() : undefined,
    couldBeKey(input, mechanism, data) ? asKey() : undefined,
  );
}

function wrappingKey(value: Uint8Array): KeyTemplate {
  return { ...secretKey("AES", value, "encrypt"), WRAP: true, UNWRAP: true };
}

const none = new Uint8Array(0);

/** `KW_AE_128.txt`: authenticated encryption; AD is decryption, of which some must fail. */
function* cavp(input: Input): Generator<Trial> {
  const mechanism = input.file.path.includes("KWP_") ? "AES_KEY_WRAP_KWP" : "AES_KEY_WRAP";
  const encrypts = input.file.path.includes("_AE_");
  for (const { id, fields } of parseRsp(input.text)) {
    const isInvalid = fields["FAIL"] !== undefined;
    const [key, wrapped] = [bytesAt(fields, "K"), bytesAt(fields, "C")];
    const data = isInvalid ? none : bytesAt(fields, "P");
    yield {
      id,
      result: isInvalid ? "invalid" : "valid",
      run: () => (encrypts ? wrap(input, mechanism, key, data, wrapped) : unwrap(input, mechanism, key, wrapped, data)),
    };
  }
}

function* botan(input: Input): Generator<Trial> {
  for (const { id, fields } of parseRsp(input.text)) {
    const [key, data, wrapped] = [bytesAt(fields, "Key"), bytesAt(fields, "Input"), bytesAt(fields, "Output")];
    yield { id, run: () => wrap(input, "AES_KEY_WRAP_KWP", key, data, wrapped) };
  }
}

function* wycheproof(input: Input): Generator<Trial> {
  const mechanism = input.file.algorithm === "AES-KWP" ? "AES_KEY_WRAP_KWP" : "AES_KEY_WRAP";
  for (const test of parseWycheproof(input.text).cases) {
    const { fields, result } = test;
    const [key, data, wrapped] = [bytesAt(fields, "key"), bytesAt(fields, "msg"), bytesAt(fields, "ct")];
    const run = () =>
      firstOf(
        result === "valid" ? wrap(input, mechanism, key, data, wrapped) : undefined,
        unwrap(input, mechanism, key, wrapped, data),
      );
    yield { ...caseOf(test), run };
  }
}

function* acvp(input: Input): Generator<Trial> {
  const mechanism = input.file.algorithm === "AES-KWP" ? "AES_KEY_WRAP_KWP" : "AES_KEY_WRAP";
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const encrypts = group["direction"] === "encrypt";
    const isInvalid = expected["testPassed"] === false;
    const key = bytesAt(test, "key");
    const data = isInvalid ? none : bytesAt(encrypts ? test : expected, "pt");
    const wrapped = bytesAt(encrypts ? expected : test, "ct");
    yield {
      id,
      skip: group["kwCipher"] === "inverse" ? "kw-inverse-cipher" : undefined,
      result: isInvalid ? "invalid" : "valid",
      run: () => (encrypts ? wrap(input, mechanism, key, data, wrapped) : unwrap(input, mechanism, key, wrapped, data)),
    };
  }
}

/** `INV` are the variants with the inverse cipher (SP 800-38F, 5.1), which nothing but OpenSSL offers. */
function* openssl(input: Input): Generator<Trial> {
  for (const { id, target, fields } of parseEvp(input.text).cases) {
    const mechanism = /-pad/i.test(target) ? "AES_KEY_WRAP_KWP" : "AES_KEY_WRAP";
    const encrypts = fields["Operation"] !== "DECRYPT";
    const isInvalid = fields["Result"] !== undefined;
    const [key, wrapped] = [bytesAt(fields, "Key"), bytesAt(fields, "Ciphertext")];
    const data = isInvalid ? none : bytesAt(fields, "Plaintext");
    yield {
      id,
      skip: target.endsWith("INV") ? "kw-inverse-cipher" : undefined,
      result: isInvalid ? "invalid" : "valid",
      run: () =>
        firstOf(
          encrypts ? wrap(input, mechanism, key, data, wrapped) : undefined,
          encrypts && fields["Operation"] !== undefined ? undefined : unwrap(input, mechanism, key, wrapped, data),
        ),
    };
  }
}
