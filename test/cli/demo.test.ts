import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWith } from "../support/programs.ts";
import { run } from "./endpoint.ts";

describeWith("openssl", "pocket-hsm demo", () => {
  test("It runs the three walkthroughs, closes with a summary and ends with status 0", async () => {
    const { status, stdout, stderr } = await run(["demo"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const summary = stdout.slice(stdout.indexOf("\nSummary\n"));
    expect(summary).toMatch(/^ecdh +ok +11 checks/m);
    expect(summary).toMatch(/^offline-rsa +ok +16 checks/m);
    expect(summary).toMatch(/^sign-then-encrypt +ok +10 checks/m);
    expect(summary).toMatch(/\nAll 37 checks passed\.\n$/);
    expect(stdout.match(/^ {2}ok {2}/gm)).toHaveLength(37);
    expect(stdout).toContain("$ aws kms derive-shared-secret --key-id alias/ecdh-p256 --key-agreement-algorithm ECDH");
    expect(stdout).not.toContain("\u001B");
  });

  test("It runs one walkthrough by its name", async () => {
    const { status, stdout } = await run(["demo", "ecdh"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nAll 11 checks passed\.\n$/);
  });

  test("An openssl that gives other results makes the demo fail with status 1", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-test-"));
    const script = '#!/bin/sh\n[ "$1" = version ] || { echo "no such command" >&2; exit 3; }\n';
    writeFileSync(join(directory, "openssl"), script, { mode: 0o755 });
    const { status, stdout } = await run(["demo", "ecdh"], { PATH: `${directory}:${process.env["PATH"]}` });
    rmSync(directory, { recursive: true });
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILED {2}openssl pkey .*: exit status 3, not 0\n/);
    expect(stdout).toMatch(/^ecdh +FAILED +0 checks/m);
    expect(stdout).toMatch(/\n1 of 1 failed\.\n$/);
  });
});

test("Without openssl the demo says so and ends with status 1", async () => {
  const { status, stdout, stderr } = await run(["demo"], { PATH: "/nonexistent" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toBe("pocket-hsm: the demo needs the program openssl, which cannot be run here\n");
});
