import type { Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";

/**
 * The curve of a new key pair: the mechanism's `curve`, CKA_EC_PARAMS of the public template, or both where they agree.
 * @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, and what `curveOf` throws
 */
export function chosenCurve<Curve extends string>(
  curve: Curve | undefined,
  { EC_PARAMS }: Template,
  curveOf: (ecParams: Uint8Array) => Curve,
): Curve {
  const given = EC_PARAMS && curveOf(EC_PARAMS);
  const chosen = curve ?? given;
  demand(chosen !== undefined, "TEMPLATE_INCOMPLETE", "CKA_EC_PARAMS is missing");
  demand(given === undefined || given === chosen, "TEMPLATE_INCONSISTENT", "curve is not the one of CKA_EC_PARAMS");
  return chosen;
}
