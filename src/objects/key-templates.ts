/** What a key says of the keys it works on: CKA_WRAP_TEMPLATE, CKA_UNWRAP_TEMPLATE and their like (PKCS #11 v3.2, 4.8 to 4.10). */

import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";
import { merged } from "./build.ts";
import type { TokenObject } from "./object.ts";
import { sameValue } from "./values.ts";

type MakingTemplate = "UNWRAP_TEMPLATE" | "DERIVE_TEMPLATE" | "ENCAPSULATE_TEMPLATE" | "DECAPSULATE_TEMPLATE";

/** Checks a key against the CKA_WRAP_TEMPLATE of the key that is to wrap it. @throws CkrError CKR_KEY_HANDLE_INVALID */
export function requireWrappable(wrappingKey: TokenObject, target: TokenObject): void {
  for (const [name, value] of entriesOf(wrappingKey.get("WRAP_TEMPLATE")))
    demand(
      sameValue(target.get(name), value),
      "KEY_HANDLE_INVALID",
      `the wrapping key's CKA_WRAP_TEMPLATE asks for another CKA_${name}`,
    );
}

/**
 * The template of a key that another one makes: what that one asks for, and what the caller says beside it. The caller
 * may repeat it, never contradict it.
 * @throws CkrError CKR_TEMPLATE_INCONSISTENT
 */
export function underTemplate(maker: TokenObject, which: MakingTemplate, given: Template): Template {
  const asked = maker.get(which);
  for (const [name, value] of entriesOf(asked))
    demand(
      given[name] === undefined || sameValue(given[name], value),
      "TEMPLATE_INCONSISTENT",
      `CKA_${name} is not what the key's CKA_${which} asks for`,
    );
  return asked === undefined ? given : merged(given, asked);
}

const entriesOf = (template: Template | undefined): [AttributeName, AttributeValue][] =>
  Object.entries(template ?? {}) as [AttributeName, AttributeValue][];
