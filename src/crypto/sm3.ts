/** SM3 (GB/T 32905-2016; ISO/IEC 10118-3:2018, 17), on the Merkle–Damgård construction of `@noble/hashes`. */

import { Chi, HashMD, Maj } from "@noble/hashes/_md.js";
import { type CHash, createHasher, rotl } from "@noble/hashes/utils.js";

/** T_j <<< j (4.2 and 5.3.3), for each round. */
const T: Uint32Array = Uint32Array.from({ length: 64 }, (_, j) => rotl(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32));

/** The message expansion W (5.3.2); wiped after each use. */
const W: Uint32Array = new Uint32Array(68);

class Sm3 extends HashMD<Sm3> {
  // The initial value (4.1).
  private A = 0x7380166f | 0;
  private B = 0x4914b2b9 | 0;
  private C = 0x172442d7 | 0;
  private D = 0xda8a0600 | 0;
  private E = 0xa96f30bc | 0;
  private F = 0x163138aa | 0;
  private G = 0xe38dee4d | 0;
  private H = 0xb0fb0e4e | 0;

  constructor() {
    super(64, 32, 8, false);
  }

  protected get(): number[] {
    return [this.A, this.B, this.C, this.D, this.E, this.F, this.G, this.H];
  }

  protected set(A: number, B: number, C: number, D: number, E: number, F: number, G: number, H: number): void {
    this.A = A | 0;
    this.B = B | 0;
    this.C = C | 0;
    this.D = D | 0;
    this.E = E | 0;
    this.F = F | 0;
    this.G = G | 0;
    this.H = H | 0;
  }

  /** The compression function (5.3.3). Rounds 0 to 15 have FF and GG without their nonlinear part (4.3). */
  protected process(view: DataView, offset: number): void {
    expand(view, offset);
    let { A, B, C, D, E, F, G, H } = this;
    for (let j = 0; j < 64; j++) {
      const isEarly = j < 16;
      const A12 = rotl(A, 12);
      const SS1 = rotl((A12 + E + T[j]) | 0, 7);
      const FF = isEarly ? A ^ B ^ C : Maj(A, B, C);
      const GG = isEarly ? E ^ F ^ G : Chi(E, F, G);
      const TT1 = (FF + D + (SS1 ^ A12) + (W[j] ^ W[j + 4])) | 0;
      const TT2 = (GG + H + SS1 + W[j]) | 0;
      D = C;
      C = rotl(B, 9);
      B = A;
      A = TT1;
      H = G;
      G = rotl(F, 19);
      F = E;
      E = TT2 ^ rotl(TT2, 9) ^ rotl(TT2, 17);
    }
    this.set(A ^ this.A, B ^ this.B, C ^ this.C, D ^ this.D, E ^ this.E, F ^ this.F, G ^ this.G, H ^ this.H);
  }

  protected roundClean(): void {
    W.fill(0);
  }

  _cloneInto(to: Sm3 = new Sm3()): Sm3 {
    to.set(this.A, this.B, this.C, this.D, this.E, this.F, this.G, this.H);
    return this._cloneIntoMeta(to);
  }

  destroy(): void {
    this.destroyed = true;
    this.set(0, 0, 0, 0, 0, 0, 0, 0);
    this.buffer.fill(0);
  }
}

/** The message expansion (5.3.2). */
function expand(view: DataView, offset: number): void {
  for (let j = 0; j < 16; j++) W[j] = view.getUint32(offset + 4 * j, false);
  for (let j = 16; j < 68; j++) {
    const X = W[j - 16] ^ W[j - 9] ^ rotl(W[j - 3], 15);
    W[j] = X ^ rotl(X, 15) ^ rotl(X, 23) ^ rotl(W[j - 13], 7) ^ W[j - 6];
  }
}

/** SM3: 32 bytes. */
export const sm3: CHash<Sm3> = createHasher(() => new Sm3());
