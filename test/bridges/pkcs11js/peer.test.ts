/** pkcs11js itself, over SoftHSM2, beside ours. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import * as ck from "../../../src/pkcs11.ts";
import { describeWithSoftHsm, PEERS, PIN, SOFTHSM2, softHsmToken, TOKENS } from "../../support/softhsm.ts";

describeWithSoftHsm("pkcs11js", () => {
  type Peer = Record<string, unknown> & { readonly PKCS11: new () => object };
  const peer = (): Peer => createRequire(join(PEERS, "package.json"))("pkcs11js");

  test("has no constant that is missing here or is another number", () => {
    const constants = Object.entries(peer()).filter(([, value]) => typeof value === "number");
    expect(constants.length).toBeGreaterThan(600);
    expect(constants.filter(([name, value]) => (ck as Record<string, unknown>)[name] !== value)).toEqual([]);
  });

  test("has no function that is missing here", () => {
    const names: string[] = [];
    const { PKCS11 } = peer();
    for (const name in new PKCS11()) names.push(name);
    const ours = new ck.PKCS11() as unknown as Record<string, unknown>;
    expect(names.length).toBeGreaterThan(90);
    expect(names.filter((name) => typeof ours[name] !== "function")).toEqual([]);
  });

  test("does the same with the same calls", () => {
    const outcomes = (modulePath: string, library: string, env: object): Record<string, string> => {
      const program = resolve(import.meta.dirname, "call-list.mjs");
      const ran = spawnSync(process.execPath, [program, modulePath, library], {
        env: { ...process.env, ...env },
        encoding: "utf8",
      });
      expect(ran.stderr).toBe("");
      return JSON.parse(ran.stdout);
    };
    const directory = mkdtempSync(join(TOKENS, "pocket-hsm-peer-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const theirs = outcomes(join(PEERS, "node_modules/pkcs11js"), SOFTHSM2, softHsmToken(directory, "peer"));
    const dist = resolve(import.meta.dirname, "../../../dist/pkcs11.js");
    const ours = outcomes(dist, `pocket-hsm:?label=peer&pin=${PIN}&policy=pkcs11`, {});
    const differing = Object.keys(theirs).filter((name) => ours[name] !== theirs[name]);
    expect(Object.keys(theirs).length).toBeGreaterThan(60);
    expect(differing.map((name) => [name, theirs[name], ours[name]])).toEqual([]);
  });
});
