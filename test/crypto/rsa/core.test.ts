import { constants, privateDecrypt, publicEncrypt } from "node:crypto";
import { expect, test } from "vitest";
import { i2osp, os2ip } from "../../../src/bytes/bytes.ts";
import type { RsaComponents } from "../../../src/crypto/engine.ts";
import { PrivateOperation, publicOperation } from "../../../src/crypto/rsa/core.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";
import { seededRng } from "../../support/seeded-rng.ts";

const rng = seededRng("rsa core");
const key = nodeRsaKey(2048);
const operation = new PrivateOperation(key.components);
const { n, k } = operation.numbers;
const below = () => i2osp(os2ip(rng(k)) % n, k);

test("both primitives agree with Node's raw RSA, over more uses than one blinding pair has", () => {
  for (let i = 0; i < 40; i++) {
    const input = below();
    const raw = { padding: constants.RSA_NO_PADDING };
    expect(publicOperation(operation.numbers, input)).toEqual(
      Uint8Array.from(publicEncrypt({ key: key.publicKey, ...raw }, input)),
    );
    expect(operation.apply(input, rng)).toEqual(
      Uint8Array.from(privateDecrypt({ key: key.privateKey, ...raw }, input)),
    );
  }
});

test("the edges of the range come back: 0, 1 and n − 1", () => {
  for (const value of [0n, 1n, n - 1n]) {
    const input = i2osp(value, k);
    expect(operation.apply(publicOperation(operation.numbers, input)!, rng)).toEqual(input);
  }
});

test("input of n or more, or of another length, gives nothing", () => {
  for (const input of [i2osp(n, k), new Uint8Array(k).fill(0xff), new Uint8Array(k - 1), i2osp(1n, k + 1)]) {
    expect(publicOperation(operation.numbers, input)).toBeUndefined();
    expect(operation.apply(input, rng)).toBeUndefined();
  }
});

test("what the random source gives has no influence on the result", () => {
  const input = below();
  const apply = (seed: string) => new PrivateOperation(key.components).apply(input, seededRng(seed));
  expect(apply("a")).toEqual(apply("b"));
});

test("a fault in any private number gives an error and no result", () => {
  const flip = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 1 ? byte ^ 2 : byte));
  for (const part of ["p", "q", "dp", "dq", "qi"] as const) {
    const damaged: RsaComponents = { ...key.components, [part]: flip(key.components[part]) };
    const broken = new PrivateOperation(damaged);
    expect(() => broken.apply(below(), rng), part).toThrow("failed its check");
  }
});

test("primes in the other order work as well", () => {
  const { p, q, dp, dq } = key.components;
  const [pn, qn] = [os2ip(p), os2ip(q)];
  let qi = 1n;
  for (let e = qn - 2n, base = pn; e > 0n; e >>= 1n, base = (base * base) % qn) if (e & 1n) qi = (qi * base) % qn;
  const swapped = { ...key.components, p: q, q: p, dp: dq, dq: dp, qi: i2osp(qi, 128) };
  const input = below();
  expect(new PrivateOperation(swapped).apply(input, rng)).toEqual(operation.apply(input, rng));
});

test("a destroyed key is of no use", () => {
  const mortal = new PrivateOperation(key.components);
  mortal.destroy();
  expect(() => mortal.apply(below(), rng)).toThrow("destroyed");
});
