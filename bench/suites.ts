/** The files of benches, in the order in which they run. Each exports `contests`. */
export const SUITES = [
  "symmetric",
  "elliptic",
  "edwards",
  "rsa",
  "hardened",
  "node-engine",
  "layers",
  "serve",
  "startup",
] as const;
export type Suite = (typeof SUITES)[number];
