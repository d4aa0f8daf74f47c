/** Who a rival is, wherever it appears: one colour and one shape on the whole page. */

export interface Family {
  readonly key: string;
  /** For the legend. */
  readonly name: string;
  readonly shape: "circle" | "bar" | "diamond" | "square" | "triangle";
  readonly color: string;
}

/** Ours is the first of a contest, by whatever name. */
export const OURS: Family = {
  key: "ours",
  name: "pocket-hsm",
  shape: "circle",
  color: "light-dark(#1f5fd6, #7fb0ff)",
};

// biome-ignore format: a table
const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^(raw )?node:|^crypto\.|^openssl/i, { key: "native",    name: "node:crypto (OpenSSL)", shape: "bar",      color: "light-dark(#3c4654, #d5dbe4)" }],
  [/^webcrypto/i,                      { key: "webcrypto", name: "WebCrypto",             shape: "square",   color: "light-dark(#0e8074, #4fd1c1)" }],
  [/^(bare )?noble|^@noble/i,          { key: "noble",     name: "noble",                 shape: "diamond",  color: "light-dark(#c2570c, #ffab6b)" }],
  [/^node-forge|^forge/i,              { key: "forge",     name: "node-forge",            shape: "triangle", color: "light-dark(#7c3aed, #c4a5ff)" }],
  [/^micro-rsa/i,                      { key: "micro",     name: "micro-rsa-dsa-dh",      shape: "square",   color: "light-dark(#b6246d, #ff8fc4)" }],
  [/^elliptic/i,                       { key: "elliptic",  name: "elliptic",              shape: "triangle", color: "light-dark(#37822a, #8fdc7c)" }],
  [/^jsrsasign/i,                      { key: "jsrsasign", name: "jsrsasign",             shape: "square",   color: "light-dark(#8a5a2b, #d8ad7f)" }],
  [/^@?stablelib/i,                    { key: "stablelib", name: "@stablelib",            shape: "triangle", color: "light-dark(#0b7fab, #6cc9f0)" }],
  [/^sm-crypto/i,                      { key: "sm",        name: "sm-crypto-v2",          shape: "diamond",  color: "light-dark(#8a7600, #e0cd55)" }],
  [/^softhsm/i,                        { key: "softhsm",   name: "SoftHSM2",              shape: "square",   color: "light-dark(#b3261e, #ff8a80)" }],
  [/^(aws )?sdk.*http/i,               { key: "http",      name: "AWS SDK over HTTP",     shape: "square",   color: "light-dark(#8a5a2b, #d8ad7f)" }],
  [/^(aws )?sdk/i,                     { key: "sdk",       name: "AWS SDK in process",    shape: "diamond",  color: "light-dark(#b6246d, #ff8fc4)" }],
];

const OTHER: Family = { key: "other", name: "another way", shape: "diamond", color: "light-dark(#6b7684, #98a3b3)" };

export const familyOf = (rival: string): Family => FAMILIES.find(([pattern]) => pattern.test(rival))?.[1] ?? OTHER;

/** The rival that stands for native code in a contest. */
export function nativeOf(rivals: readonly string[]): string | undefined {
  return rivals.find((rival) => familyOf(rival).key === "native");
}

export const families: readonly Family[] = [OURS, ...FAMILIES.map(([, family]) => family), OTHER];
