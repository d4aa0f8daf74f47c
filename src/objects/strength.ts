import type { TokenObject } from "./object.ts";

/** Security strengths of RSA by modulus length (SP 800-57 part 1 r5, table 2; 4096 interpolated as in its 7.5 formula). */
const RSA_STRENGTH: readonly (readonly [bits: number, strength: number])[] = [
  [4096, 152],
  [3072, 128],
  [2048, 112],
];

/** Security strengths of curves, by the length of the scalar in bytes: half the order's bits. */
const SCALAR_STRENGTH: Readonly<Record<number, number>> = { 32: 128, 48: 192, 66: 256 };

/** The security strength of a key in bits (SP 800-57 part 1 r5, 5.6.1); 0 for what is not a key. */
export function strengthOf(key: TokenObject): number {
  switch (key.get("KEY_TYPE")) {
    case "AES":
    case "GENERIC_SECRET":
      return Math.min(256, 8 * (key.get("VALUE_LEN") ?? 0));
    case "EC":
    case "EC_EDWARDS":
      return key.get("CLASS") === "PRIVATE_KEY" ? (SCALAR_STRENGTH[key.secret("VALUE").length] ?? 0) : 0;
    case "RSA": {
      const bits = 8 * (key.get("MODULUS")?.length ?? 0);
      return RSA_STRENGTH.find(([atLeast]) => bits >= atLeast)?.[1] ?? 0;
    }
    default:
      return 0;
  }
}
