/** Which handler a vector set is for. */

import type { AcvpSet } from "../parsers/acvp.ts";
import { type AcvpHandler, Unanswered } from "./handler.ts";

/**
 * The handler of an algorithm, mode and revision. A set without a revision takes the handler as it is.
 * @throws Unanswered for what no handler is for
 */
export function handlerFor({ algorithm, mode, revision }: AcvpSet, handlers: readonly AcvpHandler[]): AcvpHandler {
  const same = handlers.filter((one) => plain(one.algorithm) === plain(algorithm) && plain(one.mode) === plain(mode));
  const what = mode === "" ? algorithm : `${algorithm} ${mode}`;
  if (same.length === 0) throw new Unanswered("no-mechanism", `no handler for ${what}`);
  const found = same.find(
    ({ revisions }) => revision === "" || revisions.some((one) => plain(one) === plain(revision)),
  );
  if (found === undefined) throw new Unanswered("acvp-unknown", `revision ${revision} of ${what}`);
  return found;
}

/** NIST writes "SHA2-512/256" in files and "SHA2-512-256" in the names of their folders; revisions vary in case. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll("/", "-");
}
