import { defineConfig } from "vitest/config";

/** Files that put something in the place of a module (vi.mock): each gets modules of its own. */
const ISOLATED = [
  "test/kms/clock.test.ts",
  "test/node/fallbacks.test.ts",
  "test/selftest/broken-schemes.test.ts",
  "test/token/exploration/r3.test.ts",
];

export default defineConfig({
  test: {
    setupFiles: "./test/support/setup.ts",
    reporters: ["default", "./test/support/skip-reporter.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "threads",
    // One more than the cores of a small machine: tests of the command line wait for processes of their own.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: "isolated", include: ISOLATED } },
      { extends: true, test: { name: "shared", include: ["test/**/*.test.ts"], exclude: ISOLATED, isolate: false } },
    ],
  },
});
