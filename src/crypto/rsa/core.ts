/** The RSA primitives (RFC 8017, 5.1 and 5.2): bytes of the modulus's length in, bytes of the modulus's length out. */

import { bitLength, i2osp, os2ip, utf8, wipe } from "../../bytes/bytes.ts";
import type { AesCipherMaker } from "../block-cipher.ts";
import { childDrbg, drbgRng } from "../drbg.ts";
import type { Rng, RsaComponents } from "../engine.ts";
import { exponentDigits, invert, publicPower } from "./arithmetic.ts";
import { type Hashes, pureHashes } from "./hashes.ts";
import { Montgomery } from "./montgomery.ts";

export interface PublicNumbers {
  readonly n: bigint;
  readonly e: bigint;
  /** Length of n in bytes. */
  readonly k: number;
}

/** RSAEP and RSAVP1 under one key; `undefined` when `input` has not k bytes or is not below n. */
export type PublicPrimitive = (input: Uint8Array) => Uint8Array | undefined;

/** RSADP and RSASP1 under one key. */
export interface PrivatePrimitive {
  /** `undefined` when `input` has not k bytes or is not below n. Else draws {@link blindingSeedBytes}, once. */
  apply(input: Uint8Array, rng: Rng): Uint8Array | undefined;
  destroy(): void;
}

/** Where primitives and hashes come from; the schemes on top (keys.ts) are the same for every engine. */
export interface RsaPrimitives {
  readonly hashes: Hashes;
  readonly publicPrimitive: (numbers: PublicNumbers) => PublicPrimitive;
  readonly privatePrimitive: (components: RsaComponents) => PrivatePrimitive;
}

/** The primitives of this file. */
export const purePrimitives: RsaPrimitives = {
  hashes: pureHashes,
  publicPrimitive: (numbers) => (input) => publicOperation(numbers, input),
  privatePrimitive: (components) => new PrivateOperation(components),
};

/** RSAEP and RSAVP1 (RFC 8017, 5.1.1, 5.2.2); `undefined` when `input` has not k bytes or is not below n. */
export function publicOperation({ n, e, k }: PublicNumbers, input: Uint8Array): Uint8Array | undefined {
  if (input.length !== k) return undefined;
  const value = os2ip(input);
  return value < n ? i2osp(publicPower(value, e, n), k) : undefined;
}

/** What a private operation draws: the seed of a DRBG for its blinding (SP 800-90A r1, 10.2.1). */
export const blindingSeedBytes = 48;

/** Extra random bits of a blinded exponent. */
const exponentBlindingBits = 64;

/** After this many uses a blinding pair is drawn anew; in between it is squared. */
const blindingUses = 32;

/**
 * RSADP and RSASP1 (RFC 8017, 5.1.2, 5.2.1) with the Chinese remainder theorem, blinded in base and exponents, and
 * checked with the public exponent before anything is returned.
 *
 * The numbers are BigInts in private fields: `destroy` drops them, but cannot overwrite them. They stay in the memory
 * of the process until the garbage collector has used it again.
 */
export class PrivateOperation implements PrivatePrimitive {
  readonly numbers: PublicNumbers;
  #p: bigint;
  #q: bigint;
  readonly #moduloP: Montgomery;
  readonly #moduloQ: Montgomery;
  #dp: bigint;
  #dq: bigint;
  #qi: bigint;
  #blinding = { factor: 0n, inverse: 0n, usesLeft: 0 };

  readonly #cipher: AesCipherMaker | undefined;

  /** Takes the components as they are; keys.ts checks them. `cipher` is that of the blinding's DRBG. */
  constructor(components: RsaComponents, cipher?: AesCipherMaker) {
    this.#cipher = cipher;
    const n = os2ip(components.n);
    this.numbers = { n, e: os2ip(components.e), k: Math.ceil(bitLength(n) / 8) };
    this.#p = os2ip(components.p);
    this.#q = os2ip(components.q);
    this.#moduloP = new Montgomery(this.#p);
    this.#moduloQ = new Montgomery(this.#q);
    this.#dp = os2ip(components.dp);
    this.#dq = os2ip(components.dq);
    this.#qi = os2ip(components.qi);
  }

  /**
   * `undefined` when `input` has not k bytes or is not below n.
   * @throws Error when the result fails the check with the public exponent, or the key was destroyed.
   */
  apply(input: Uint8Array, rng: Rng): Uint8Array | undefined {
    if (this.#p === 0n) throw new Error("this RSA private key was destroyed");
    const { n, e, k } = this.numbers;
    if (input.length !== k) return undefined;
    const value = os2ip(input);
    if (value >= n) return undefined;

    // How much the blinding takes varies from use to use; how much the caller's source gives must not.
    const drbg = childDrbg(rng, utf8("RSA blinding"), this.#cipher);
    const blindingRng = drbgRng(drbg);
    const { factor, inverse } = this.#nextBlinding(blindingRng);
    const blinded = (value * factor) % n;
    const result = this.#power(blinded, blindingRng);
    drbg.uninstantiate();
    // A fault in one half would give a prime away (Boneh, DeMillo, Lipton), so a wrong result never leaves.
    if (publicPower(result, e, n) !== blinded) {
      this.#blinding.usesLeft = 0;
      throw new Error("the RSA private operation failed its check with the public exponent");
    }
    return i2osp((result * inverse) % n, k);
  }

  destroy(): void {
    this.#moduloP.destroy();
    this.#moduloQ.destroy();
    this.#p = this.#q = this.#dp = this.#dq = this.#qi = 0n;
    this.#blinding = { factor: 0n, inverse: 0n, usesLeft: 0 };
  }

  /** Garner's recombination (RFC 8017, 5.1.2, step 2.b). */
  #power(base: bigint, rng: Rng): bigint {
    const p = this.#p;
    const q = this.#q;
    const m1 = this.#moduloP.power(base, blindExponent(this.#dp, p, rng));
    const m2 = this.#moduloQ.power(base, blindExponent(this.#dq, q, rng));
    const h = ((m1 - (m2 % p) + p) * this.#qi) % p;
    return m2 + q * h;
  }

  /** A pair r^e and r^−1 modulo n (Kocher); each is squared for the next use, which keeps them a pair. */
  #nextBlinding(rng: Rng): { factor: bigint; inverse: bigint } {
    const { n, e, k } = this.numbers;
    const pair = this.#blinding;
    if (pair.usesLeft > 0) {
      pair.factor = (pair.factor * pair.factor) % n;
      pair.inverse = (pair.inverse * pair.inverse) % n;
      pair.usesLeft--;
      return pair;
    }
    for (;;) {
      const r = randomInteger(k, rng) % n;
      const inverse = r > 1n ? invert(r, n) : undefined;
      if (inverse === undefined) continue;
      this.#blinding = { factor: publicPower(r, e, n), inverse, usesLeft: blindingUses - 1 };
      return this.#blinding;
    }
  }
}

/** d + r·(prime − 1) has the effect of d, and other digits at every use. */
function blindExponent(d: bigint, prime: bigint, rng: Rng): Uint8Array {
  const r = randomInteger(exponentBlindingBits / 8, rng);
  return exponentDigits(d + r * (prime - 1n), bitLength(prime) + exponentBlindingBits);
}

function randomInteger(bytes: number, rng: Rng): bigint {
  const drawn = rng(bytes);
  const value = os2ip(drawn);
  wipe(drawn);
  return value;
}
