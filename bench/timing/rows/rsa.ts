/** RSA: what decryption tells of a padding, and the private operation. */

import { concat, i2osp, os2ip } from "../../../src/bytes/bytes.ts";
import type { OaepParams, Rng, RsaPrivateKey, RsaPublicKey } from "../../../src/crypto/engine.ts";
import { hmacKey } from "../../../src/crypto/hmac.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { maskWithMgf1 } from "../../../src/crypto/rsa/mgf1.ts";
import { oaepDecode } from "../../../src/crypto/rsa/oaep.ts";
import { pkcs1DecryptionDecode, pkcs1EncryptionEncode } from "../../../src/crypto/rsa/pkcs1.ts";
import { type Class, fixedOrRandom, input, type Row } from "../row.ts";

const group = "RSA-2048";
const K = 256;
const H = 32;
const F4 = Uint8Array.of(1, 0, 1);
const OAEP: OaepParams = { hash: "SHA256", mgf: "SHA256", label: new Uint8Array(0) };

let made: { readonly privateKey: RsaPrivateKey; readonly publicKey: RsaPublicKey } | undefined;

/** One pair for all rows. */
function pair(rng: Rng): NonNullable<typeof made> {
  if (made !== undefined) return made;
  const steps = pureEngine.rsaGenerate(8 * K, F4, rng);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const privateKey = pureEngine.rsaPrivate(step.value);
  const publicKey = pureEngine.rsaPublic(step.value.n, F4);
  if (privateKey === undefined || publicKey === undefined) throw new Error("the pair that was generated is none");
  made = { privateKey, publicKey };
  return made;
}

/** An encoded message of PKCS #1 v1.5 with a message of any length, all alike often as in rejections, or with another block type. */
function pkcs1(rng: Rng, of: Class): Uint8Array {
  const [high = 0, low = 0] = rng(2);
  const encoded = pkcs1EncryptionEncode(rng(((high << 8) | low) % (K - 10)), K, rng);
  if (of === 1) encoded[1] = 3;
  return encoded;
}

type Fault = "another label" | "first byte not 0" | "no 01";

/** What OAEP refuses, for one reason. */
function oaep(rng: Rng, fault: Fault): Uint8Array {
  const db = new Uint8Array(K - H - 1);
  db.set(pureEngine.digest("SHA256", fault === "another label" ? rng(8) : OAEP.label));
  db.set(rng(32), db.length - 32);
  db[db.length - 33] = 1;
  if (fault === "no 01") db.fill(0, H);
  const seed = Uint8Array.from(rng(H));
  maskWithMgf1("SHA256", seed, db);
  maskWithMgf1("SHA256", db, seed);
  return concat(Uint8Array.of(fault === "first byte not 0" ? 1 : 0), seed, db);
}

/** Decoding by itself: without the private operation, whose time hides much. */
function decoding(name: string, classes: Row["classes"], encode: (rng: Rng, of: Class) => Uint8Array): Row[] {
  const isOaep = name.startsWith("OAEP");
  return [
    {
      ...{ group, name: `${name}, the decoding alone`, classes },
      make(rng) {
        const [rejection, ciphertext] = [hmacKey("SHA256", rng(32)), new Uint8Array(K)];
        const encoded = input(K, (of) => encode(rng, of));
        return {
          prepare(of) {
            encoded.set(of);
            ciphertext.set(rng(K));
          },
          run: () =>
            isOaep
              ? oaepDecode(OAEP, Uint8Array.from(encoded.bytes))
              : pkcs1DecryptionDecode(Uint8Array.from(encoded.bytes), ciphertext, rejection),
        };
      },
    },
    {
      ...{ group, name: `${name}, decryption`, classes },
      make(rng) {
        const { privateKey, publicKey } = pair(rng);
        const ciphertext = new Uint8Array(K);
        return {
          prepare(of) {
            ciphertext.set(publicKey.power(encode(rng, of)) ?? ciphertext);
          },
          run: () =>
            isOaep ? privateKey.oaepDecrypt(OAEP, ciphertext, rng) : privateKey.pkcs1Decrypt(ciphertext, rng),
        };
      },
    },
  ];
}

const oaepRow = (name: string, faults: readonly [Fault, Fault]): Row[] =>
  decoding(`OAEP, ${name}`, faults, (rng, of) => oaep(rng, faults[of]));

export const rsa: readonly Row[] = [
  {
    ...{ group, name: "result as bytes" },
    classes: ["first two bytes 0", "random"],
    make(rng) {
      const encoded = input(K, (of) => {
        const bytes = Uint8Array.from(rng(K));
        if (of === 0) bytes.fill(0, 0, 2);
        return bytes;
      });
      let result = 0n;
      return {
        prepare(of) {
          result = os2ip(encoded.set(of));
        },
        run: () => i2osp(result, K),
      };
    },
  },
  ...decoding("PKCS #1 v1.5", ["good padding", "bad padding"], pkcs1),
  ...oaepRow("label or first byte", ["another label", "first byte not 0"]),
  ...oaepRow("label or 01", ["another label", "no 01"]),
  {
    ...{ group, name: "private operation" },
    classes: ["fixed ciphertext", "random"],
    make(rng) {
      const { privateKey } = pair(rng);
      const ciphertext = fixedOrRandom(rng, K);
      return {
        prepare(of) {
          ciphertext.set(of);
          ciphertext.bytes[0] = 0;
        },
        run: () => privateKey.power(ciphertext.bytes, rng),
      };
    },
  },
];
