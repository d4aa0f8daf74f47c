/** The files of benches, in the order in which they run. Each exports `contests`. */
export const SUITES = [
  "symmetric",
  "modes",
  "digests",
  "derivation",
  "elliptic",
  "edwards",
  "rsa",
  "post-quantum",
  "sm",
  "hardened",
  "node-engine",
  "layers",
  "softhsm",
  "serve",
  "scale",
  "startup",
] as const;
export type Suite = (typeof SUITES)[number];
