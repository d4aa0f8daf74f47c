/** The process that a PKCS #11 module is loaded into: what the module does to it, the run survives. */

import { openSync, writeSync } from "node:fs";
import { ModuleOpenError, type OpenModule, openModule } from "../../../conformance/module/open.ts";
import { runPart } from "../../../conformance/runner.ts";
import type { Suite } from "../../../conformance/suite.ts";
import { suites } from "../../../conformance/suites/all.ts";
import { pureEngine } from "../../../crypto/pure-engine.ts";
import type { Job } from "../pool.ts";
import { Texts } from "../texts.ts";
import { loadModule, ModuleLoadError } from "./pkcs11js.ts";
import type { ChildAnswer, ChildRequest, ModuleOptions } from "./process.ts";

let run: ((job: Job) => ChildAnswer) | undefined;
let module: OpenModule | undefined;

process.on("message", (request: ChildRequest) => {
  process.send?.("open" in request ? open(request.open) : (run?.(request.job) as ChildAnswer));
});

/** The parent has nothing more to do. */
process.on("disconnect", () => {
  module?.close();
  process.exit();
});

function open({ path, slot, pin, directory, failFast, noteFile }: ModuleOptions): ChildAnswer {
  const note = openSync(noteFile, "r+");
  try {
    module = openModule(loadModule(path), pureEngine, {
      ...(slot !== undefined && { slot }),
      ...(pin !== undefined && { pin }),
      note: (caseId) => writeSync(note, `${caseId}\n`, 0),
    });
  } catch (error) {
    if (!(error instanceof ModuleOpenError || error instanceof ModuleLoadError)) throw error;
    return { refused: error.message };
  }
  const { bench, info } = module;
  const texts = new Texts(directory);
  run = ({ part, file, suite: suiteName, crashed }) => {
    const suite = suites.find(({ name }) => name === suiteName) as Suite;
    writeSync(note, "\n", 0);
    const { text, expected } = texts.of(file);
    const claimed = { file, suite };
    return { result: runPart({ claimed, pick: part.pick, text, expected, bench, failFast, crashed }) };
  };
  return { info };
}
