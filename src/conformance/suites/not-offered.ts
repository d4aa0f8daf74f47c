/** Algorithms that the token does not offer at all: every case is skipped, none is forgotten. */

import { caseIds } from "../parsers/formats.ts";
import type { Suite } from "../suite.ts";
import { suite } from "./support.ts";

export const notOffered: Suite = suite(
  "not-offered",
  "Not offered by the token",
  ({ algorithm }) => algorithm === "PBKDF2",
  function* ({ text, file }) {
    for (const id of caseIds(file.format, text)) yield { id, skip: "no-mechanism", run: () => undefined };
  },
);
