/** Known answers of ML-KEM, ML-DSA and SLH-DSA. Long values are compared by their SHA-256. */

import { concat, fromBase64, fromHex, toHex, utf8 } from "../bytes/bytes.ts";
import type { Engine, MlDsaSet, MlKemSet, PqInput, SlhDsaSet } from "../crypto/engine.ts";
import { constantRng, type KnownAnswerTest, same } from "./known-answer.ts";
import { SHA2_128S, SHAKE_128S } from "./slh-dsa-signatures.ts";

/** The context of the signature {@link SHAKE_128S}. */
const SHAKE_128S_CONTEXT =
  "a841de4e746476f1e0eae5ccdba1c3964f6201bb045fdbd58a8274074b27dbc8761aef99f25673a76f2ecacab47228d361bb9388" +
  "60f19f97dbd0a4e80be51fabb59a3f04742551e3eb62ada3f7b6a62e6a80ed6ad29063b61f64be43395e0a1dd1c2815ba193544f" +
  "266619c4a8befb9914dd461603f16d37f5e098c874774a04265662f350ba0cb196f05c3fc75996b72c33ba8363307333b5d215ad" +
  "45ea4082a6e11d3f7528cdce61aa46762522090b8dddb3b5f9f0e54495d71c1e896d5bdd678162d1642494e0e8b4734874080bd1" +
  "f09e1aa0c8a70308b381640909b682d5f2bb7f30f3faaaa87d7b5cfdf998c5f9e125d40c424e99e7b256cc0fcd125b";

interface KemAnswers {
  /** d ‖ z, and the SHA-256 of dk, which holds ek: the first case of NIST's ML-KEM-keyGen-FIPS203. */
  readonly seed: string;
  readonly privateKey: string;
  /** What ek gives for m of {@link constantRng}; OpenSSL opens it to the same secret (768 and 1024, those that it is at hand for). */
  readonly ciphertext: string;
  readonly sharedSecret: string;
  /** Of a changed ciphertext: implicit rejection (FIPS 203, 6.3), by OpenSSL too. */
  readonly rejected: string;
}

const KEM_ANSWERS: Readonly<Record<MlKemSet, KemAnswers>> = {
  "ML-KEM-512": {
    seed:
      "2cb843a02ef02ee109305f39119fabf49ab90a57ffecb3a0e75e179450f5276184cc9121ae56fbf39e67adbd83ad2d3e3bb80843" +
      "645206bdd9f2f629e3cc49b7",
    privateKey: "0c48e1338e5329cb7850f0a8cf7bd6ea3b4071158269fc129afd984b8ee14543",
    ciphertext: "1700c14fc8708608efb27cdcca1172bcd990af3e3d06fe6e1186c17f38c7635a",
    sharedSecret: "04adba253748ee13fbfc011dd4cec7ade75bb7e85f8c299618fd48ebbe6cf0d4",
    rejected: "2058bd523fb06718870fc7a787a929048e40f2e215c851644fc7a3b8227abc1d",
  },
  "ML-KEM-768": {
    seed:
      "e34a701c4c87582f42264ee422d3c684d97611f2523efe0c998af05056d693dca85768f3486bd32a01bf9a8f21ea938e648eae4e" +
      "5448c34c3eb88820b159eedd",
    privateKey: "104b3444c3de2b81143788d27e17648f45c80f617f906156db2258da96dead40",
    ciphertext: "4b1d691a3cdf9766f6eee1d4df96c59a0fb41aabedfaca1eba79981bad9f4998",
    sharedSecret: "d81671aa0ecd2d4c7ad17c136035e19f6764e114d1495626b9c4c3c9afbc01ad",
    rejected: "a8c73612c77b308be1d1278abba9c409f3c0806b615cdcca5503bb2b616c551a",
  },
  "ML-KEM-1024": {
    seed:
      "49ac8b99bb1e6a8ea818261f8be68bdeaa52897e7ec6c40b530bc760ab77dce399e3246884181f8e1dd44e0c7629093330221fd6" +
      "7d9b7d6e1510b2dbad8762f7",
    privateKey: "2f8af73000bd5247a74312ac70386444290bc4b80da6fae05aeb1196dbd8912e",
    ciphertext: "a5a9dfb96c46edee8c5eb8ea1093164b1bd4bfc0310d2bbd7c8baeb7f795f529",
    sharedSecret: "8f9cbf37a1bfeaa106c4e8cb7f50f994fc4200fbb64769ada39e78061c667aa1",
    rejected: "2073fb240e69e07d8f0335ea334386bbbdd6fb52f8b841231395307517cf13d5",
  },
};

interface DsaAnswers {
  /** ξ, and the SHA-256 of pk ‖ sk: of NIST's ML-DSA-keyGen-FIPS204, cases whose signature takes few rounds. */
  readonly seed: string;
  readonly keys: string;
  /** The SHA-256 of the deterministic signature of "abc" with an empty context; OpenSSL verifies it. */
  readonly signature: string;
}

const DSA_ANSWERS: Readonly<Record<MlDsaSet, DsaAnswers>> = {
  "ML-DSA-44": {
    seed: "b9e2f48349350d30a5342783c915a608c905e0da4bebe2067fb62c714207c62b",
    keys: "0bfaa43ccf0c03cf91d1414df5b48cd8d39cccef1f71b8c0ece1176b691f6abe",
    signature: "bfaa566f8c333b660bbf9a989d890a7c7b736be0e112afc9e96058c2392eb018",
  },
  "ML-DSA-65": {
    seed: "aef72ba72607b5d3e49c579752be9cb9fa67a01b2e8b654ee92177bba596066e",
    keys: "199bc3aff92b045cdc949dc4392816fa077c4690d53371e44b009cb776d6fbb1",
    signature: "5d915c5e459727b77d0dfbe49d7a78041cee3b41411cfe5389f07e7c828ba715",
  },
  "ML-DSA-87": {
    seed: "c8d0778fc6359e5fa663fc32e9dd1e53f26671b46c7750dc50ce69617a36d2e1",
    keys: "b35c1e760c86a8f7f5cbe9731c913f9772fe541675376066f6cda1e1ff57da76",
    signature: "deb1ff7bc5ab677d58d10e02b6165df83fa9c1bf3c227fd693ffb68f6693a4e8",
  },
};

function sha256(engine: Engine, bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : toHex(engine.digest("SHA256", bytes));
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}

function kemTest(set: MlKemSet): KnownAnswerTest {
  const { seed, privateKey, ciphertext, sharedSecret, rejected } = KEM_ANSWERS[set];
  return {
    source: "FIPS 203, 6 and 7; NIST's ML-KEM-keyGen-FIPS203; OpenSSL",
    run(engine) {
      const kem = engine.mlKem(set);
      const pair = kem.generate(fromHex(seed));
      const made = kem.publicKey(pair.publicKey)?.encapsulate(constantRng);
      const own = kem.privateKey(pair.privateKey);
      if (made === undefined || own === undefined) return false;
      const isRight =
        sha256(engine, pair.privateKey) === privateKey &&
        sha256(engine, made.ciphertext) === ciphertext &&
        same(made.sharedSecret, sharedSecret) &&
        same(own.decapsulate(made.ciphertext), sharedSecret) &&
        same(own.decapsulate(flipped(made.ciphertext)), rejected);
      own.destroy();
      return isRight;
    },
  };
}

function mlDsaTest(set: MlDsaSet): KnownAnswerTest {
  const { seed, keys, signature } = DSA_ANSWERS[set];
  const input: PqInput = { message: utf8("abc"), context: new Uint8Array(0) };
  return {
    source: "FIPS 204, 5 and 6; NIST's ML-DSA-keyGen-FIPS204; OpenSSL",
    run(engine) {
      const dsa = engine.mlDsa(set);
      const pair = dsa.generate(fromHex(seed));
      const own = dsa.privateKey(pair.privateKey);
      const signed = own?.sign(input, undefined);
      own?.destroy();
      const publicKey = dsa.publicKey(pair.publicKey);
      if (signed === undefined || publicKey === undefined) return false;
      return (
        sha256(engine, concat(pair.publicKey, pair.privateKey)) === keys &&
        sha256(engine, signed) === signature &&
        publicKey.verify(input, signed) &&
        !publicKey.verify({ ...input, message: utf8("abd") }, signed)
      );
    },
  };
}

/** Key generation (FIPS 205, 9.1) from SK.seed ‖ SK.prf ‖ PK.seed: the tree at the top, whose root is the answer. */
function generates(engine: Engine, set: SlhDsaSet, seed: string, publicKey: string): boolean {
  return same(engine.slhDsa(set).generate(fromHex(seed)).publicKey, publicKey);
}

function verifies(engine: Engine, set: SlhDsaSet, publicKey: string, input: PqInput, signature: string): boolean {
  const key = engine.slhDsa(set).publicKey(fromHex(publicKey));
  const bytes = fromBase64(signature);
  return key?.verify(input, bytes) === true && !key.verify(input, flipped(bytes));
}

/**
 * A family of SLH-DSA: its parameter sets are the same code over the same hash functions with other numbers. Tested
 * are what is short in all of them: key generation in the smallest sets of both security levels (at 192 and 256 bits
 * SHA2 takes other functions, FIPS 205, 11.2.2), and verification in the set of the shortest signature. A signature
 * takes seconds; each one that the token makes walks the same trees.
 */
export const postQuantumTests: Readonly<
  Record<MlKemSet | MlDsaSet | "SLH-DSA SHA2" | "SLH-DSA SHAKE", KnownAnswerTest>
> = {
  "ML-KEM-512": kemTest("ML-KEM-512"),
  "ML-KEM-768": kemTest("ML-KEM-768"),
  "ML-KEM-1024": kemTest("ML-KEM-1024"),
  "ML-DSA-44": mlDsaTest("ML-DSA-44"),
  "ML-DSA-65": mlDsaTest("ML-DSA-65"),
  "ML-DSA-87": mlDsaTest("ML-DSA-87"),
  "SLH-DSA SHA2": {
    source: "FIPS 205, 9.1, 9.3 and 11.2; NIST's SLH-DSA-keyGen-FIPS205 and SLH-DSA-sigVer-FIPS205",
    run: (engine) =>
      generates(
        engine,
        "SLH-DSA-SHA2-128f",
        "aed6f6f5c5408bbffa1136bc9049a7014d4ce0711e176a0c8a023508a692c20774d98d5000af53b98f36389a1292bed3",
        "74d98d5000af53b98f36389a1292bed3f4a650c56c426fcfdb88e3355459440c",
      ) &&
      generates(
        engine,
        "SLH-DSA-SHA2-192f",

        "45d7131c727df1cc51db85b44e37868215df8aec5d1b552f92bc5fc8a2969fe0a522492082e994de1ddc90fa984f847b8330589c" +
          "20701aa9f11b473b67e1d67e1c6a2eb6c86265ed",
        "8330589c20701aa9f11b473b67e1d67e1c6a2eb6c86265ed13a3ea895c4eeeadde8a796bba5233f0d86ee5cbf2a6f99c",
      ) &&
      verifies(
        engine,
        "SLH-DSA-SHA2-128s",
        "737fa818d47861abdc1de291320f4c9c78f306d8b6ca791214a784c322e8fb53",
        { formatted: fromHex("a5") },
        SHA2_128S,
      ),
  },
  "SLH-DSA SHAKE": {
    source: "FIPS 205, 9.1, 9.3 and 11.1; NIST's SLH-DSA-keyGen-FIPS205 and SLH-DSA-sigGen-FIPS205",
    run: (engine) =>
      generates(
        engine,
        "SLH-DSA-SHAKE-128f",
        "cd4a308c03d970508572c0815d7488b7f3fd6d2dcc7e5120fa544846aedded81bc435c3e66e4c2e4fbc09779da5f74d4",
        "bc435c3e66e4c2e4fbc09779da5f74d44ea0e0df05c2457bcc81f59928433390",
      ) &&
      verifies(
        engine,
        "SLH-DSA-SHAKE-128s",
        "6ba0b386c3e4c1618c03ee1271191acd1be6cfcc4b3cc9ee6774fafe126829c4",
        { message: fromHex("45"), context: fromHex(SHAKE_128S_CONTEXT) },
        SHAKE_128S,
      ),
  },
};
