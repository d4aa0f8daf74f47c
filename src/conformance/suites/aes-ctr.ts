/** AES-CTR through CKM_AES_CTR. The token refuses data for which the counter would start again from zero. */

import { os2ip } from "../../bytes/bytes.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import type { Suite } from "../suite.ts";
import { bytesAt, difference, firstOf, type Input, suite, type Trial } from "./support.ts";
import { secretKey, withKey } from "./token.ts";

export const aesCtr: Suite = suite(
  "aes-ctr",
  "AES-CTR",
  ({ algorithm }) => algorithm === "AES-CTR",
  (input) => (input.file.format === "acvp" ? acvp(input) : rfc(input)),
);

interface CtrCase {
  readonly key: Uint8Array;
  readonly counter: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly ciphertext: Uint8Array;
}

function run({ session }: Input, { key, counter, plaintext, ciphertext }: CtrCase): string | undefined {
  const mechanism = { mechanism: "AES_CTR", counter } as const;
  return withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
    firstOf(
      difference(session.encrypt(mechanism, handle, plaintext), ciphertext),
      difference(session.decrypt(mechanism, handle, ciphertext), plaintext),
    ),
  );
}

function stricter({ counter, plaintext }: CtrCase): string | undefined {
  const blocks = BigInt(Math.ceil(plaintext.length / 16));
  return os2ip(counter) + blocks > 2n ** 128n ? "ctr-wraps-around" : undefined;
}

function* rfc(input: Input): Generator<Trial> {
  for (const { id, fields } of parseRsp(input.text)) {
    const one = {
      key: bytesAt(fields, "KEY"),
      counter: bytesAt(fields, "IV"),
      plaintext: bytesAt(fields, "PLAINTEXT"),
      ciphertext: bytesAt(fields, "CIPHERTEXT"),
    };
    yield { id, stricter: stricter(one), run: () => run(input, one) };
  }
}

function* acvp(input: Input): Generator<Trial> {
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const encrypts = group["direction"] === "encrypt";
    const one = {
      key: bytesAt(test, "key"),
      counter: bytesAt(test, "iv"),
      plaintext: bytesAt(encrypts ? test : expected, "pt"),
      ciphertext: bytesAt(encrypts ? expected : test, "ct"),
    };
    yield { id, stricter: stricter(one), run: () => run(input, one) };
  }
}
