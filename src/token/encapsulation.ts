/** Key encapsulation in the token (PKCS #11 v3.2, 5.18.8 and 5.18.9). */

import { wipe } from "../bytes/bytes.ts";
import type { Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { Mechanism } from "../mechanisms/mechanism.ts";
import { underTemplate } from "../objects/key-templates.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { fromMaterial, install, type Place } from "./drafts.ts";
import type { Ready } from "./operations.ts";

/** C_EncapsulateKey: a new secret key, and the ciphertext that gives the other side the same. */
export function encapsulate(
  place: Place,
  { mechanism, params, key, context }: Ready,
  given: Template,
): { key: TokenObject; ciphertext: Uint8Array } {
  const template = underTemplate(key, "ENCAPSULATE_TEMPLATE", given);
  requireSecretKey(template);
  const run = mechanism.encapsulate as NonNullable<Mechanism["encapsulate"]>;
  const { sharedSecret, ciphertext } = run(context, key, params);
  const object = agreed(place, template, sharedSecret);
  install(place, [object]);
  return { key: object, ciphertext };
}

/** C_DecapsulateKey: the secret key of a ciphertext, protected as the private key is. */
export function decapsulate(
  place: Place,
  { mechanism, params, key, context }: Ready,
  ciphertext: Uint8Array,
  given: Template,
): TokenObject {
  const template = underTemplate(key, "DECAPSULATE_TEMPLATE", given);
  requireSecretKey(template);
  const run = mechanism.decapsulate as NonNullable<Mechanism["decapsulate"]>;
  const object = agreed(place, template, run(context, key, params, ciphertext));
  install(place, [object], () => {
    if (!mechanism.releasesSecret) enforce(place.token.surroundings.policy, "derived", key, object);
  });
  return object;
}

function requireSecretKey({ CLASS = "SECRET_KEY", KEY_TYPE = "GENERIC_SECRET" }: Template): void {
  const isPossible = CLASS === "SECRET_KEY" && keyTypes[KEY_TYPE].fromValue !== undefined;
  demand(isPossible, "TEMPLATE_INCONSISTENT", `a shared secret cannot be a ${CLASS} of type ${KEY_TYPE}`);
}

/** The shared secret, whole, as the key that the template describes; the bytes are wiped. */
function agreed(place: Place, template: Template, sharedSecret: Uint8Array): TokenObject {
  const { KEY_TYPE = "GENERIC_SECRET", VALUE_LEN = sharedSecret.length } = template;
  try {
    demand(VALUE_LEN === sharedSecret.length, "KEY_SIZE_RANGE", `the shared secret has ${sharedSecret.length} bytes`);
    const fromValue = keyTypes[KEY_TYPE].fromValue as NonNullable<(typeof keyTypes)["AES"]["fromValue"]>;
    return fromMaterial(place, template, fromValue(sharedSecret, place.context), { by: "unwrap" });
  } finally {
    wipe(sharedSecret);
  }
}
