/** FixedInfo of SP 800-56C r2, 5.8, by the pattern that a prompt has for it. */

import { be32, concat, fromHex } from "../../../bytes/bytes.ts";
import { type JsonObject, objectAt } from "../../parsers/json.ts";
import { bytesAt, numberAt, textAt } from "../../suites/support.ts";
import { Unanswered } from "../handler.ts";
import { bytesOr } from "./support.ts";

/** The parts that are members of the test's parameters. */
const PARAMETERS: ReadonlySet<string> = new Set(["algorithmId", "label", "context", "t", "salt", "iv", "entropyBits"]);

/**
 * `uPartyInfo||vPartyInfo||l`, `literal[CAFE]||…` and so on, one part behind the other.
 * @throws Unanswered for a part or an encoding that is not known
 */
export function fixedInfoOf(configuration: JsonObject, test: JsonObject): Uint8Array {
  const parameter = objectAt(test["kdfParameter"], "kdfParameter");
  const encoding = configuration["fixedInfoEncoding"] ?? "concatenation";
  if (encoding !== "concatenation") throw new Unanswered("acvp-unknown", `fixedInfoEncoding ${String(encoding)}`);
  const parts = textAt(configuration, "fixedInfoPattern").split("||");
  return concat(...parts.map((part) => partOf(part, configuration, parameter, test)));
}

function partOf(part: string, configuration: JsonObject, parameter: JsonObject, test: JsonObject): Uint8Array {
  const [, literal] = /^literal\[([0-9a-f]*)\]$/i.exec(part) ?? [];
  if (literal !== undefined) return fromHex(literal);
  if (part === "uPartyInfo") return partyInfo(test, "fixedInfoPartyU");
  if (part === "vPartyInfo") return partyInfo(test, "fixedInfoPartyV");
  if (part === "l") return be32(numberAt(parameter["l"] === undefined ? configuration : parameter, "l"));
  if (PARAMETERS.has(part)) return bytesAt(parameter, part);
  throw new Unanswered("acvp-unknown", `fixedInfoPattern with ${part}`);
}

function partyInfo(test: JsonObject, name: string): Uint8Array {
  const party = objectAt(test[name], name);
  return concat(bytesOr(party, "partyId"), bytesOr(party, "ephemeralData"));
}
