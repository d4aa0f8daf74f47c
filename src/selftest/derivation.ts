/** Known answers of the key derivation functions, of the random generator and of the password hash. */

import { fromHex, utf8 } from "../bytes/bytes.ts";
import { CtrDrbg } from "../crypto/drbg.ts";
import type { Engine } from "../crypto/engine.ts";
import { counterKdf, hkdf, x963Kdf } from "../crypto/kdf.ts";
import { isPassword } from "../crypto/password.ts";
import { type KnownAnswerTest, same } from "./known-answer.ts";

type DerivationTestName = "HKDF" | "KDF SP 800-108" | "KDF X9.63" | "PBKDF2" | "CTR_DRBG" | "scrypt";

/** A case of NIST's ACVP vectors for CTR_DRBG, AES-256 without derivation function (BoringSSL's, test case 56). */
const DRBG = {
  entropy: [
    "09e3603cb3e4ee10031ee15d24e8cff2f454e097d6668629f0705a695a265b2bde88f615c6609c8b8a4b6643e3fac2a9",
    "746b50412a1f54d989667aa3ac09b9e63725f9e16a07c3dee7ea2e0a19f0e5ca326cd49c9bc7e3ea18da903131ed47c8",
  ],
  personalization: "9b04612854d299b0b16942dd57f55da3c9b4bc767b4a233c4980640d45d36c48abf375ffbdb909524e1e408a11023fe0",
  additional: [
    "90bdf13670896d53065c9a408bcdc2338982",
    "58e792588da5c00eb53f677f508ec0cae3b5",
    "889ab16c2e1e6900f8269d4f6f795b6962c5",
  ],
  /** The front of the second request's 256 bytes. */
  output:
    "21150d113ef9110a0819f3e7b24d9f95898ef1f05dc91c846bf7ced993fc161c" +
    "3b8ca26703bb519004b419501e31a42ac9681dab8f48e139347a795ca763d427",
};

/** Instantiates, reseeds, generates twice (SP 800-90A r1, 11.3). */
function drbgOutput({ drbgCipher }: Engine): Uint8Array {
  const entropy = DRBG.entropy.map(fromHex);
  const drbg = new CtrDrbg({
    entropy: () => entropy.shift() ?? new Uint8Array(0),
    personalization: fromHex(DRBG.personalization),
    cipher: drbgCipher,
  });
  const [reseed, first, second] = DRBG.additional.map(fromHex);
  drbg.reseed(reseed);
  drbg.generate(256, first && { additional: first });
  const output = drbg.generate(256, second && { additional: second });
  drbg.uninstantiate();
  return output;
}

export const derivationTests: Readonly<Record<DerivationTestName, KnownAnswerTest>> = {
  HKDF: {
    source: "SP 800-56C r2, 5; RFC 5869, A.1",
    run: (engine) =>
      same(
        hkdf(
          engine,
          "SHA256",
          fromHex("0b".repeat(22)),
          fromHex("000102030405060708090a0b0c"),
          fromHex("f0f1f2f3f4f5f6f7f8f9"),
          42,
        ),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
      ),
  },
  "KDF SP 800-108": {
    source: "SP 800-108 r1, 4.1; OpenSSL",
    run(engine) {
      const key = engine.hmac("SHA256", fromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
      const isRight = same(
        counterKdf(key, utf8("label"), utf8("context"), 48),
        "ccf815abbfaf54b0eac7a24be7e75bb3f09dd7e4d7f93251c3242b931858c363f1bb0d51014168013faa4aa2b8cc85ac",
      );
      key.destroy();
      return isRight;
    },
  },
  "KDF X9.63": {
    source: "SEC 1, 3.6.1; NIST's ansx963_2001.rsp",
    run: (engine) =>
      same(
        x963Kdf(
          engine,
          "SHA256",
          fromHex("22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d"),
          fromHex("75eef81aa3041e33b80971203d2c0c52"),
          48,
        ),
        "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e52a13d9c7c6fc878c50c5ea0bc7b00e0",
      ),
  },
  PBKDF2: {
    source: "SP 800-132; RFC 8018, 5.2; OpenSSL",
    run: (engine) =>
      same(
        engine.pbkdf2(utf8("password"), { hash: "SHA256", salt: utf8("salt"), iterations: 2 }, 40),
        "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43830651afcb5c862f",
      ),
  },
  CTR_DRBG: {
    source: "SP 800-90A r1, 10.2.1 and 11.3; NIST's ctrDRBG",
    run: (engine) => same(drbgOutput(engine).subarray(0, 64), DRBG.output),
  },
  scrypt: {
    source: "RFC 7914; OpenSSL",
    run() {
      const stored = {
        salt: utf8("NaCl"),
        cost: { N: 16, r: 8, p: 1 },
        hash: fromHex("758c542600ca36db4247910fd0706c77cd079018776f3a2bba6209a3ee0d0a1a"),
      };
      return isPassword(utf8("password"), stored) && !isPassword(utf8("Password"), stored);
    },
  },
};
