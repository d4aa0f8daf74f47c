/** Known answers of SM2. */

import { fromHex } from "../bytes/bytes.ts";
import type { Engine, Sm2PrivateKey } from "../crypto/engine.ts";
import { changed, constantRng, type KnownAnswerTest, same } from "./known-answer.ts";

/** The key, e, signature and ciphertext of GB/T 32918.5-2017, annexes A and C. */
const SCALAR = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const POINT =
  "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05" +
  "fbf35e084a6632f6072da9ad13";
const DIGEST = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
const SIGNATURE =
  "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd" +
  "1f7f42d4840b69c485bbc1aa";
const MESSAGE = "656e6372797074696f6e207374616e64617264";
/** C1 ‖ C3 ‖ C2. */
const CIPHERTEXT =
  "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee" +
  "6a63094d99283aff767e124df059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd876621886ca989ca9c" +
  "7d58087307ca93092d651efa";
/** The bytes from which FIPS 186-5, A.2.1 makes the annex's k. */
const NONCE_BITS = "000000000000000059276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc20";

/** By Python's integers: the signature whose nonce is RFC 6979's with SM3 and 32 bytes of {@link constantRng} … */
const HEDGED_SIGNATURE =
  "345033508e35a467da4a210549fb86c959ab3cd1ccebdd91614982c5cd1bb6b4133891ec50d37d947dbb5e77017a06e0c7e10418" +
  "0bbe6668558a16ccb5fcf89b";
/** … the scalar that FIPS 186-5, A.2.1 makes of constant bits, and the x-coordinate of the key times C1. */
const GENERATED = "0f0f0f0f5a5a5a5a8c771a8f172227cb0f58847396ecdca81e4137d385941a06";
const PEER = CIPHERTEXT.slice(0, 130);
const SECRET = "335e18d751e51f040e27d468138b7ab1dc86ad7f981d7d416222fd6ab3ed230d";

function withPrivate(engine: Engine, use: (key: Sm2PrivateKey) => boolean): boolean {
  const key = engine.sm2Private(fromHex(SCALAR));
  if (key === undefined) return false;
  try {
    return use(key);
  } finally {
    key.destroy();
  }
}

export const sm2Tests: Readonly<
  Record<`SM2 ${"sign" | "verify" | "encrypt" | "decrypt" | "agreement"}`, KnownAnswerTest>
> = {
  "SM2 sign": {
    source: "GB/T 32918.2-2016, 6.1; RFC 6979, 3.6",
    run: (engine) =>
      withPrivate(
        engine,
        (key) =>
          same(engine.sm2Generate(constantRng), GENERATED) &&
          same(key.publicPoint(), POINT) &&
          same(key.sign(fromHex(DIGEST), constantRng), HEDGED_SIGNATURE),
      ),
  },
  "SM2 verify": {
    source: "GB/T 32918.5-2017, annex A",
    run(engine) {
      const key = engine.sm2Public(fromHex(POINT));
      return (
        key?.verify(fromHex(DIGEST), fromHex(SIGNATURE)) === true && !key.verify(changed(DIGEST), fromHex(SIGNATURE))
      );
    },
  },
  "SM2 encrypt": {
    source: "GB/T 32918.5-2017, annex C",
    run: (engine) =>
      same(
        engine.sm2Public(fromHex(POINT))?.encrypt(fromHex(MESSAGE), () => fromHex(NONCE_BITS)),
        CIPHERTEXT,
      ),
  },
  "SM2 decrypt": {
    source: "GB/T 32918.5-2017, annex C",
    run: (engine) =>
      withPrivate(
        engine,
        (key) => same(key.decrypt(fromHex(CIPHERTEXT)), MESSAGE) && key.decrypt(changed(CIPHERTEXT)) === undefined,
      ),
  },
  "SM2 agreement": {
    source: "GB/T 32918.3-2016",
    run: (engine) => withPrivate(engine, (key) => same(key.agree(fromHex(PEER)), SECRET)),
  },
};
