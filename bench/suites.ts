/** The files of benches, in the order in which they run. Each exports `contests`. */
export const SUITES = ["symmetric", "elliptic", "edwards", "node-engine", "scale", "startup"] as const;
export type Suite = (typeof SUITES)[number];
