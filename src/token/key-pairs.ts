/** C_GenerateKeyPair in the token (PKCS #11 v3.1, 5.18.2): check the templates, do the long work, install both halves. */

import type { Running } from "../crypto/engine.ts";
import type { AttributeName, Template } from "../cryptoki/attributes.ts";
import type { KeyType } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { Mechanism, NewKeyPair } from "../mechanisms/mechanism.ts";
import type { ParsedChoice } from "../mechanisms/registry.ts";
import { type Origin, rulesFor } from "../objects/build.ts";
import type { ClassRules } from "../objects/class-rules.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { forClass, type ReadTemplate } from "../objects/template.ts";
import { fromMaterial, install, type Place } from "./drafts.ts";
import { requireSamePair } from "./pairwise.ts";

interface PairTemplates {
  readonly publicKey: Template;
  readonly privateKey: Template;
}

/** A key pair in the making; `steps` are the long part. */
export interface PairJob {
  readonly mechanism: Mechanism;
  readonly params: unknown;
  readonly templates: PairTemplates;
  readonly steps: Generator<void, NewKeyPair>;
}

/** Begins a pair. What the token's rules refuse is refused here, before the long part. */
export function startPair(
  place: Place,
  { mechanism, params }: ParsedChoice,
  forPublic: ReadTemplate,
  forPrivate: ReadTemplate | undefined,
): PairJob {
  if (mechanism.generateKeyPair === undefined)
    throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not generate key pairs`);
  enforce(place.token.surroundings.policy, "use", "generateKeyPair", mechanism, params);
  const templates = pairTemplates(mechanism, forPublic, forPrivate);
  rehearse(place, mechanism, templates);
  return { mechanism, params, templates, steps: mechanism.generateKeyPair(place.context, params, templates.publicKey) };
}

/** The long part in a thread, when the engine has threads and the mechanism work that is worth one. */
export function pairInThread(place: Place, { mechanism, params, templates }: PairJob): Running<NewKeyPair> | undefined {
  const { threads } = place.context.engine;
  if (threads === undefined || threads.count === 0) return undefined;
  return mechanism.generateKeyPairIn?.(threads, place.context, params, templates.publicKey);
}

/** Ends a pair: both halves or neither. */
export function installPair(
  place: Place,
  { mechanism, templates }: PairJob,
  made: NewKeyPair,
): readonly [TokenObject, TokenObject] {
  return install(place, bothHalves(place, mechanism, templates, made));
}

/** The checks of {@link installPair} on halves that have no key in them yet. */
function rehearse(place: Place, mechanism: Mechanism, templates: PairTemplates): void {
  const KEY_TYPE = mechanism.keyTypes?.[0] as KeyType;
  const halves = bothHalves(place, mechanism, templates, {
    publicKey: { attributes: { CLASS: "PUBLIC_KEY", KEY_TYPE }, secrets: {} },
    privateKey: { attributes: { CLASS: "PRIVATE_KEY", KEY_TYPE }, secrets: {} },
  });
  for (const half of halves) half.destroy();
}

/**
 * The templates of both halves. One template for both is divided: each half takes what its class has, and what
 * neither has is refused.
 * @throws CkrError CKR_ATTRIBUTE_TYPE_INVALID
 */
function pairTemplates(
  mechanism: Mechanism,
  forPublic: ReadTemplate,
  forPrivate: ReadTemplate | undefined,
): PairTemplates {
  const publicKey = forClass(forPublic, "PUBLIC_KEY");
  if (forPrivate !== undefined) return { publicKey, privateKey: forClass(forPrivate, "PRIVATE_KEY") };
  const privateKey = forClass(forPublic, "PRIVATE_KEY");
  const keyType = mechanism.keyTypes?.[0];
  const [inPublic, inPrivate] = [
    rulesFor({ CLASS: "PUBLIC_KEY", KEY_TYPE: keyType }),
    rulesFor({ CLASS: "PRIVATE_KEY", KEY_TYPE: keyType }),
  ];
  for (const name of Object.keys({ ...publicKey, ...privateKey }) as AttributeName[]) {
    demand(inPublic[name] ?? inPrivate[name], "ATTRIBUTE_TYPE_INVALID", `a key of this kind has no CKA_${name}`);
  }
  const only = (template: Template, rules: ClassRules): Template => {
    const entries = Object.entries(template).filter(([name]) => rules[name as AttributeName] !== undefined);
    return Object.assign(Object.create(null), Object.fromEntries(entries));
  };
  return { publicKey: only(publicKey, inPublic), privateKey: only(privateKey, inPrivate) };
}

function bothHalves(
  place: Place,
  mechanism: Mechanism,
  templates: PairTemplates,
  made: NewKeyPair,
): [TokenObject, TokenObject] {
  const origin: Origin = { by: "generate", mechanism: mechanism.name };
  const privateKey = fromMaterial(place, templates.privateKey, made.privateKey, origin);
  try {
    const publicKey = fromMaterial(place, templates.publicKey, made.publicKey, origin);
    requireSamePair(place, publicKey, privateKey);
    enforce(place.token.surroundings.policy, "pair", publicKey, privateKey);
    return [publicKey, privateKey];
  } catch (error) {
    privateKey.destroy();
    throw error;
  }
}
