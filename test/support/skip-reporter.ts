import type { Reporter, TestModule } from "vitest/node";

/** Names every skipped test with its reason and closes with the counts. Under CI a skipped test fails the run. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): typeof tests => tests.filter((test) => test.result().state === state);
    const [passed, failed, skipped] = ["passed", "failed", "skipped"].map(inState) as [
      typeof tests,
      typeof tests,
      typeof tests,
    ];
    for (const test of skipped) console.log(`skipped: ${test.fullName}`);
    console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
    if (skipped.length > 0 && process.env["CI"] === "true") process.exitCode = 1;
  }
}
