import type { TokenObject } from "./object.ts";

/** Security strengths of RSA by modulus length (SP 800-57 part 1 r5, table 2; 4096 interpolated as in its 7.5 formula). */
const RSA_STRENGTH: readonly (readonly [bits: number, strength: number])[] = [
  [4096, 152],
  [3072, 128],
  [2048, 112],
];

/** Security strengths of curves, by the private key's length in bytes (SP 800-186, 3.1.1, 3.1.2 and appendix H). */
const SCALAR_STRENGTH: Readonly<Record<number, number>> = {
  28: 112,
  32: 128,
  48: 192,
  56: 224,
  57: 224,
  64: 256,
  66: 256,
};

/** Security categories 1 or 2, 3 and 5, the order of CKP_ values (FIPS 203, 8; FIPS 204, 4; FIPS 205, 11). */
const PQ_STRENGTH: readonly number[] = [128, 192, 256];

/** The security strength of a key in bits (SP 800-57 part 1 r5, 5.6.1); 0 for what is not a key. */
export function strengthOf(key: TokenObject): number {
  const type = key.get("KEY_TYPE");
  switch (type) {
    case "AES":
    case "SM4":
    case "GENERIC_SECRET":
    case "HKDF":
      return Math.min(256, 8 * (key.get("VALUE_LEN") ?? 0));
    case "AES_XTS":
      return 4 * (key.get("VALUE_LEN") ?? 0);
    case "EC":
    case "EC_EDWARDS":
    case "SM2":
    case "EC_MONTGOMERY":
      return key.get("CLASS") === "PRIVATE_KEY" ? (SCALAR_STRENGTH[key.secret("VALUE").length] ?? 0) : 0;
    case "ML_KEM":
    case "ML_DSA":
      return PQ_STRENGTH[(key.get("PARAMETER_SET") ?? 0) - 1] ?? 0;
    case "SLH_DSA":
      return PQ_STRENGTH[Math.floor(((key.get("PARAMETER_SET") ?? 0) - 1) / 4)] ?? 0;
    case "RSA": {
      const bits = 8 * (key.get("MODULUS")?.length ?? 0);
      return RSA_STRENGTH.find(([atLeast]) => bits >= atLeast)?.[1] ?? 0;
    }
    case undefined:
      return 0;
    default:
      return type satisfies never;
  }
}
