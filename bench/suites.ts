/** The files of benches, in the order in which they run. Each exports `contests`. */
export const SUITES = [
  "symmetric",
  "elliptic",
  "edwards",
  "rsa",
  "hardened",
  "node-engine",
  "layers",
  "softhsm",
  "serve",
  "scale",
  "startup",
] as const;
export type Suite = (typeof SUITES)[number];
