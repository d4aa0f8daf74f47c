/** Conformance: `pocket-hsm/conformance`. What is behind `pocket-hsm verify` and `acvp`; it reads no file and starts no thread. */

export { type AcvpNote, type AcvpOmission, type AcvpRun, answerAcvp } from "./conformance/acvp/answer.ts";
export { acvpCapabilities } from "./conformance/acvp/capabilities.ts";
export { type AcvpCheck, checkAcvp } from "./conformance/acvp/check.ts";
export { type AcvpHandler, type GroupAnswer, Unanswered } from "./conformance/acvp/handler.ts";
export { createBench } from "./conformance/bench.ts";
export type {
  LibraryInfo,
  ModuleAttribute,
  ModuleHandle,
  ModuleMechanism,
  ModuleMechanismInfo,
  ModuleTokenInfo,
  Pkcs11Binding,
} from "./conformance/module/binding.ts";
export {
  type ModuleInfo,
  ModuleOpenError,
  type ModuleSettings,
  type OpenModule,
  openModule,
} from "./conformance/module/open.ts";
export { isVectorFormat, type VectorFormat } from "./conformance/parsers/formats.ts";
export type { JsonObject, JsonValue } from "./conformance/parsers/json.ts";
export { parseManifest, type VectorFile } from "./conformance/parsers/manifest.ts";
export { VectorFormatError } from "./conformance/parsers/text.ts";
export { PINS, type Pin, type Pins } from "./conformance/pins.ts";
export { type Expectation, FLAG_POLICY, type FlagRule, REASONS } from "./conformance/policy.ts";
export { htmlOf } from "./conformance/report/html.ts";
export { formatReport, parseReport, ReportFormatError } from "./conformance/report/json.ts";
export { junitOf } from "./conformance/report/junit.ts";
export {
  type Circumstances,
  type FileReport,
  type ModuleCircumstances,
  type PinOptions,
  type Report,
  reportOf,
} from "./conformance/report/model.ts";
export { summaryOf } from "./conformance/report/summary.ts";
export {
  type ClaimedFile,
  type Part,
  type PartInput,
  type PartResult,
  type Pick,
  type Plan,
  type Problem,
  planRun,
  type ReportedCase,
  runPart,
  type Selection,
  SelectionError,
} from "./conformance/runner.ts";
export type { Bench, CaseResult, ModuleWatch, Suite, SuiteBench, TokenSession, Verdict } from "./conformance/suite.ts";
export { suites } from "./conformance/suites/all.ts";
export type { Tally } from "./conformance/tally.ts";
