import type { Row } from "../row.ts";
import { comparisons } from "./comparisons.ts";
import { controls } from "./controls.ts";
import { elliptic } from "./elliptic.ts";
import { kem } from "./kem.ts";
import { rsa } from "./rsa.ts";
import { symmetric } from "./symmetric.ts";

/** Every row, the controls first. */
export const rows: readonly Row[] = [...controls, ...comparisons, ...symmetric, ...rsa, ...elliptic, ...kem];
