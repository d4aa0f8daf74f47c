/** What a registration with NIST's server says of this token. */

import type { JsonObject } from "../parsers/json.ts";
import { acvpHandlers } from "./all.ts";
import type { AcvpHandler } from "./handler.ts";

/** One object for each algorithm and mode, in its newest revision, as the list `algorithms` of a test session takes it. */
export function acvpCapabilities(handlers: readonly AcvpHandler[] = acvpHandlers): JsonObject[] {
  return handlers.map(({ algorithm, mode, revisions, capabilities }) => ({
    algorithm,
    ...(mode === "" ? {} : { mode }),
    revision: revisions[0] ?? "",
    ...capabilities,
  }));
}
