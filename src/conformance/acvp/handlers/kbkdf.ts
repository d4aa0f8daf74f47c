/** The modes of SP 800-108 as ACVP names them: which mechanism has each, and what its PRF is given. */

import { concat } from "../../../bytes/bytes.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import { Unanswered } from "../handler.ts";
import { acvpHash, acvpHashes } from "./hashes.ts";
import { isOffered, offered } from "./support.ts";

export interface Kbkdf {
  /** `counter`, `feedback` or `double pipeline iteration`. */
  readonly mode: string;
  /** The PRF as a MAC mechanism. */
  readonly prf: MechanismChoice & string;
  /** 0 for no counter. */
  readonly counterBits: number;
  readonly location: string;
  /** K(0) in feedback mode. */
  readonly iv: Uint8Array;
  readonly fixed: Uint8Array;
  /** Bits of the fixed data before a counter in the middle of it. */
  readonly broken: number;
}

const CMACS: readonly string[] = ["CMAC-AES128", "CMAC-AES192", "CMAC-AES256"];

/** ACVP's names of the PRFs that the token has. */
export const PRFS: readonly string[] = [...CMACS, ...acvpHashes.map(({ name }) => `HMAC-${name}`)];

/** The MAC mechanism of a `macMode`. @throws Unanswered */
export function prfOf(macMode: string): MechanismChoice & string {
  if (CMACS.includes(macMode.toUpperCase())) return "AES_CMAC";
  const [, hash] = /^HMAC-(.+)$/i.exec(macMode) ?? [];
  if (hash === undefined) throw new Unanswered("no-mechanism", `no mechanism for ${macMode}`);
  return offered(acvpHash(hash).hmac, macMode);
}

interface Mode {
  readonly mechanism: string;
  /** Where its mechanism has the counter. */
  readonly locations: readonly string[];
  readonly counterBits: readonly number[];
}

const AROUND = ["before fixed data", "after fixed data", "middle fixed data"] as const;
const CHAINED = ["none", "before fixed data"] as const;

/** What is chained stands before the counter in the mechanisms, and the fixed data after it. */
const MODES: Readonly<Record<string, Mode>> = {
  counter: { mechanism: "SP800_108_COUNTER_KDF", locations: AROUND, counterBits: [8, 16, 24, 32] },
  feedback: { mechanism: "SP800_108_FEEDBACK_KDF", locations: CHAINED, counterBits: [0, 8, 16, 24, 32] },
  "double pipeline iteration": {
    mechanism: "SP800_108_DOUBLE_PIPELINE_KDF",
    locations: CHAINED,
    counterBits: [0, 8, 16, 24, 32],
  },
};

/** The modes that the token has. */
export const offeredModes: readonly (Mode & { readonly mode: string })[] = Object.entries(MODES)
  .map(([mode, rest]) => ({ mode, ...rest }))
  .filter(({ mechanism }) => isOffered(mechanism));

/** The mechanism that derives a key so. @throws Unanswered */
export function choiceOf(kbkdf: Kbkdf): MechanismChoice {
  const { mode: name, prf, counterBits, location, iv, fixed } = kbkdf;
  const mode = offeredModes.find((one) => one.mode === name);
  if (mode === undefined) throw new Unanswered("no-mechanism", `SP 800-108 in ${name} mode`);
  if (!mode.locations.includes(location))
    throw new Unanswered("no-mechanism", `${name} mode with the counter ${location}`);
  const common = { mechanism: mode.mechanism, prf, counterBits };
  if (name !== "counter")
    return { ...common, fixedInput: fixed, ...(name === "feedback" ? { iv } : {}) } as unknown as MechanismChoice;
  const bits = bitsBefore(kbkdf);
  if (bits % 8 !== 0) throw new Unanswered("bit-oriented", `${bits} bits before the counter`);
  const [dataBefore, fixedInput] = [fixed.slice(0, bits / 8), fixed.slice(bits / 8)];
  return { ...common, dataBefore, fixedInput } as unknown as MechanismChoice;
}

/** How many bits of the fixed data stand before the counter. */
function bitsBefore({ location, fixed, broken }: Kbkdf): number {
  if (location === "middle fixed data") return broken;
  return location === "after fixed data" ? 8 * fixed.length : 0;
}

/**
 * The output of so many blocks, from nothing but the PRF: SP 800-108 r1, 4.1 to 4.3, with the counter wherever ACVP may
 * have it, between two bits of the fixed data too.
 */
export function computed(kbkdf: Kbkdf, prf: (input: Uint8Array) => Uint8Array, blocks: number): Uint8Array {
  const { mode, iv, fixed, location, counterBits } = kbkdf;
  const [data, at] = [bitsOf(fixed), bitsBefore(kbkdf)];
  let [output, chained, stage] = [concat(), mode === "feedback" ? iv : concat(), fixed];
  for (let i = 1; i <= blocks; i++) {
    if (mode === "double pipeline iteration") chained = stage = prf(stage);
    const counter = counterBits === 0 ? "" : i.toString(2).padStart(counterBits, "0");
    const input =
      location === "before iterator"
        ? [counter, bitsOf(chained), data]
        : [bitsOf(chained), data.slice(0, at), counter, data.slice(at)];
    const block = prf(bytesOf(input.join("")));
    output = concat(output, block);
    if (mode === "feedback") chained = block;
  }
  return output;
}

function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

function bytesOf(bits: string): Uint8Array {
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
