/** Secret scalars of few and of many ones, and short ones. */

import { i2osp, os2ip } from "../../../src/bytes/bytes.ts";
import { curves, pointsOf } from "../../../src/crypto/ec-curves.ts";
import { groupOf } from "../../../src/crypto/ec-group.ts";
import type { CurveName, EcPrivateKey, Rng, Sm2PrivateKey, XCurveName } from "../../../src/crypto/engine.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { type Class, fixedOrRandom, type Row } from "../row.ts";

const CURVES: readonly CurveName[] = ["P-256", "P-384", "P-521", "secp256k1", "brainpoolP256r1"];
const WEIGHTS = ["few ones", "many ones"] as const;

/** A number of exactly `bits` bits of which eight are 1, or all but eight. */
function weighted(rng: Rng, bits: number, of: Class): bigint {
  let few = 1n << BigInt(bits - 1);
  for (let i = 0; i < 7; i++) few |= 1n << (os2ip(rng(4)) % BigInt(bits - 1));
  const many = ((1n << BigInt(bits)) - 1n) ^ (few & ((1n << BigInt(bits - 1)) - 1n));
  return of === 0 ? few : many;
}

/** A scalar of one bit less than the order, so that it is below it whatever its bits are. */
function weightedScalar(rng: Rng, curve: CurveName, of: Class): Uint8Array {
  const { orderBytes, orderBits } = curves[curve];
  return i2osp(weighted(rng, orderBits - 1, of), orderBytes);
}

function privateKeyOf(curve: CurveName, scalar: Uint8Array): EcPrivateKey {
  const key = pureEngine.ecPrivate(curve, scalar);
  if (key === undefined) throw new Error("a scalar of the row is out of range");
  return key;
}

function rowsOf(curve: CurveName): Row[] {
  const group = curve;
  const { orderBytes, orderBits } = curves[curve];
  return [
    {
      ...{ group, name: `${curve} k·G, weight`, classes: WEIGHTS },
      make(rng) {
        let k = weightedScalar(rng, curve, 0);
        return {
          prepare(of) {
            k = weightedScalar(rng, curve, of);
          },
          run: () => groupOf(curve).multiplyBase(k),
        };
      },
    },
    {
      ...{ group, name: `${curve} k·G, length`, classes: ["k of full length", "64 bits shorter"] },
      make(rng) {
        const n = pointsOf(curve).Fn.ORDER;
        let k = new Uint8Array(orderBytes);
        return {
          prepare(of) {
            const random = (os2ip(rng(orderBytes + 8)) % (n - 1n)) + 1n;
            const short = (random & ((1n << BigInt(orderBits - 64)) - 1n)) | 1n;
            k = Uint8Array.from(i2osp(of === 0 ? random : short, orderBytes));
          },
          run: () => groupOf(curve).multiplyBase(k),
        };
      },
    },
    {
      ...{ group, name: `ECDSA ${curve} sign`, classes: [`private key of ${WEIGHTS[0]}`, WEIGHTS[1]] },
      make(rng) {
        const digest = Uint8Array.from(rng(32));
        let key = privateKeyOf(curve, weightedScalar(rng, curve, 0));
        return {
          prepare(of) {
            key = privateKeyOf(curve, weightedScalar(rng, curve, of));
          },
          run: () => key.sign(digest, rng),
        };
      },
    },
    {
      ...{ group, name: `ECDH ${curve}`, classes: [`private key of ${WEIGHTS[0]}`, WEIGHTS[1]] },
      make(rng) {
        const peer = privateKeyOf(curve, pureEngine.ecGenerate(curve, rng)).publicPoint();
        let key = privateKeyOf(curve, weightedScalar(rng, curve, 0));
        return {
          prepare(of) {
            key = privateKeyOf(curve, weightedScalar(rng, curve, of));
          },
          run: () => key.agree(peer),
        };
      },
    },
  ];
}

const agreement = (curve: XCurveName, bytes: number): Row => ({
  ...{ group: "Edwards and Montgomery curves", name: curve, classes: [`private key of ${WEIGHTS[0]}`, WEIGHTS[1]] },
  make(rng) {
    const peer = pureEngine.xPrivate(curve, rng(bytes)).publicKey();
    let key = pureEngine.xPrivate(curve, rng(bytes));
    return {
      prepare(of) {
        key = pureEngine.xPrivate(curve, i2osp(weighted(rng, 8 * bytes, of), bytes).reverse());
      },
      run: () => key.agree(peer),
    };
  },
});

const signature = (name: "Ed25519" | "Ed448", bytes: number): Row => ({
  ...{ group: "Edwards and Montgomery curves", name: `${name} sign`, classes: ["fixed seed and message", "random"] },
  make(rng) {
    const [seed, message] = [fixedOrRandom(rng, bytes), fixedOrRandom(rng, 32)];
    const signer = (): (() => Uint8Array) => {
      if (name === "Ed448") {
        const key = pureEngine.ed448Private(seed.bytes);
        return () => key.sign(message.bytes, "pure", new Uint8Array(0));
      }
      const key = pureEngine.edPrivate(seed.bytes);
      return () => key.sign(message.bytes, "pure");
    };
    let sign = signer();
    return {
      prepare(of) {
        seed.set(of);
        message.set(of);
        sign = signer();
        sign();
      },
      run: () => sign(),
    };
  },
});

const sm2 = (name: string, runOf: (key: Sm2PrivateKey, rng: Rng) => () => unknown): Row => ({
  ...{ group: "SM2", name, classes: [`private key of ${WEIGHTS[0]}`, WEIGHTS[1]] },
  make(rng) {
    const keyOf = (of: Class): Sm2PrivateKey => {
      const key = pureEngine.sm2Private(i2osp(weighted(rng, 255, of), 32));
      if (key === undefined) throw new Error("a scalar of the row is out of range");
      return key;
    };
    let run = runOf(keyOf(0), rng);
    return {
      prepare(of) {
        run = runOf(keyOf(of), rng);
      },
      run: () => run(),
    };
  },
});

export const elliptic: readonly Row[] = [
  ...CURVES.flatMap(rowsOf),
  sm2("SM2 sign", (key, rng) => {
    const digest = Uint8Array.from(rng(32));
    return () => key.sign(digest, rng);
  }),
  sm2("SM2 agreement", (key, rng) => {
    const peer = pureEngine.sm2Private(pureEngine.sm2Generate(rng))?.publicPoint();
    return () => peer && key.agree(peer);
  }),
  agreement("X25519", 32),
  agreement("X448", 56),
  signature("Ed25519", 32),
  signature("Ed448", 57),
];
