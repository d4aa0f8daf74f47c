/** The files of benches, in the order in which they run. Each exports `contests`. */
export const SUITES = [
  "symmetric",
  "elliptic",
  "edwards",
  "node-engine",
  "softhsm", // the token beside SoftHSM2
  "startup", // processes of their own
] as const;
export type Suite = (typeof SUITES)[number];
