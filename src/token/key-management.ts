import { toHex, wipe } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { KeyType, ObjectClass } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { SessionHandle } from "../cryptoki/handles.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { Context, Mechanism, NewKey, NewKeyPair } from "../mechanisms/mechanism.ts";
import { buildAttributes, checkChange, type Origin, requireComplete, rulesFor, sameValue } from "../objects/build.ts";
import type { ClassRules } from "../objects/class-rules.ts";
import { type SecretValues, TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { type KeyTemplate, readTemplate } from "../objects/template.ts";
import type { Ready } from "./operations.ts";
import type { Token } from "./token.ts";

/** Where a new object goes and on whose behalf. */
export interface Place {
  readonly token: Token;
  readonly session: SessionHandle;
  readonly readWrite: boolean;
  readonly context: Context;
}

/**
 * Makes an object of complete attributes: checks that this session may create it and that the policy accepts it.
 * The object is not in the token yet. On any refusal the secrets are wiped.
 */
function draft(place: Place, attributes: Template, secrets: SecretValues): TokenObject {
  const { token } = place;
  const session = attributes.TOKEN ? undefined : place.session;
  const uniqueId = attributes.UNIQUE_ID ?? toHex(token.surroundings.rng(16));
  const object = new TokenObject(
    token.surroundings.nextHandle(),
    session,
    { ...attributes, UNIQUE_ID: uniqueId },
    secrets,
  );
  try {
    demand(!attributes.TOKEN || place.readWrite, "SESSION_READ_ONLY", "token objects need a read-write session");
    demand(
      !attributes.PRIVATE || token.privateAccess,
      "USER_NOT_LOGGED_IN",
      "private objects need the user to be logged in",
    );
    demand(
      attributes.ALLOWED_MECHANISMS === undefined || attributes.CLASS?.endsWith("_KEY"),
      "TEMPLATE_INCONSISTENT",
      "only keys have mechanisms",
    );
    enforce(token.surroundings.policy, "object", object);
    return object;
  } catch (error) {
    object.destroy();
    throw error;
  }
}

/** Puts drafts into the token, all or none. */
function install<T extends readonly TokenObject[]>(place: Place, drafts: T, check: () => void = () => undefined): T {
  try {
    check();
  } catch (error) {
    for (const object of drafts) object.destroy();
    throw error;
  }
  for (const object of drafts) place.token.add(object);
  return drafts;
}

/** An object from a mechanism's material; the secrets are wiped when the template is refused. */
function fromMaterial(place: Place, template: Template, made: NewKey, origin: Origin): TokenObject {
  let attributes: Template;
  try {
    attributes = buildAttributes(template, made.attributes, origin, place.token.loggedIn === "so");
  } catch (error) {
    for (const secret of Object.values(made.secrets)) secret.destroy();
    throw error;
  }
  return draft(place, attributes, made.secrets);
}

/** The importer of a class and key type. */
function importer(template: Template): (context: Context, template: Template) => NewKey {
  const spec = keyTypes[template.KEY_TYPE as KeyType];
  const byClass = { SECRET_KEY: spec.importSecret, PUBLIC_KEY: spec.importPublic, PRIVATE_KEY: spec.importPrivate };
  const found = byClass[template.CLASS as keyof typeof byClass];
  if (found === undefined)
    throw new CkrError("TEMPLATE_INCONSISTENT", `a ${template.CLASS} cannot be of type ${template.KEY_TYPE}`);
  return found;
}

/** C_CreateObject (PKCS #11 v3.1, 5.7.1). */
export function create(place: Place, template: Template): TokenObject {
  requireComplete(template);
  try {
    const isKey = template.CLASS?.endsWith("_KEY") === true;
    const made = isKey ? importer(template)(place.context, template) : { attributes: {}, secrets: {} };
    const object = fromMaterial(place, template, made, { by: "create" });
    install(place, [object]);
    return object;
  } finally {
    const rules = rulesFor(template.CLASS, template.KEY_TYPE);
    for (const [name, value] of Object.entries(template)) {
      if (rules[name as AttributeName]?.secret) wipe(value as Uint8Array);
    }
  }
}

/** C_GenerateKey (5.18.1). */
export function generate(place: Place, mechanism: Mechanism, params: unknown, template: Template): TokenObject {
  if (mechanism.generateKey === undefined)
    throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not generate keys`);
  const made = mechanism.generateKey(place.context, params, template);
  const object = fromMaterial(place, template, made, { by: "generate", mechanism: mechanism.name });
  install(place, [object]);
  return object;
}

/** The long part of C_GenerateKeyPair (5.18.2), in steps. */
export function startPair(
  place: Place,
  mechanism: Mechanism,
  params: unknown,
  publicTemplate: Template,
): Generator<void, NewKeyPair> {
  if (mechanism.generateKeyPair === undefined)
    throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not generate key pairs`);
  return mechanism.generateKeyPair(place.context, params, publicTemplate);
}

/** Checks the templates of a pair against the token's rules before the long part begins. */
export function rehearsePair(place: Place, mechanism: Mechanism, templates: PairTemplates): void {
  const keyType = mechanism.keyTypes?.[0] as KeyType;
  const halves = finishPair(place, mechanism, templates, {
    publicKey: { attributes: { CLASS: "PUBLIC_KEY", KEY_TYPE: keyType }, secrets: {} },
    privateKey: { attributes: { CLASS: "PRIVATE_KEY", KEY_TYPE: keyType }, secrets: {} },
  });
  for (const half of halves) half.destroy();
}

export type MadePair = NewKeyPair;

/**
 * The templates of both halves. One template for both is divided: each half takes what its class has, and what
 * neither has is refused.
 * @throws CkrError CKR_ATTRIBUTE_TYPE_INVALID
 */
export function pairTemplates(
  mechanism: Mechanism,
  forPublic: KeyTemplate,
  forPrivate: KeyTemplate | undefined,
): PairTemplates {
  const publicKey = readTemplate(forPublic, "PUBLIC_KEY");
  if (forPrivate !== undefined) return { publicKey, privateKey: readTemplate(forPrivate, "PRIVATE_KEY") };
  const privateKey = readTemplate(forPublic, "PRIVATE_KEY");
  const keyType = mechanism.keyTypes?.[0];
  const [inPublic, inPrivate] = [rulesFor("PUBLIC_KEY", keyType), rulesFor("PRIVATE_KEY", keyType)];
  for (const name of Object.keys({ ...publicKey, ...privateKey }) as AttributeName[]) {
    demand(inPublic[name] ?? inPrivate[name], "ATTRIBUTE_TYPE_INVALID", `a key of this kind has no CKA_${name}`);
  }
  const only = (template: Template, rules: ClassRules): Template =>
    Object.fromEntries(
      Object.entries(template).filter(([name]) => rules[name as AttributeName] !== undefined),
    ) as Template;
  return { publicKey: only(publicKey, inPublic), privateKey: only(privateKey, inPrivate) };
}

export interface PairTemplates {
  readonly publicKey: Template;
  readonly privateKey: Template;
}

function finishPair(
  place: Place,
  mechanism: Mechanism,
  templates: PairTemplates,
  made: NewKeyPair,
): [TokenObject, TokenObject] {
  const origin: Origin = { by: "generate", mechanism: mechanism.name };
  const privateKey = fromMaterial(place, templates.privateKey, made.privateKey, origin);
  try {
    const publicKey = fromMaterial(place, templates.publicKey, made.publicKey, origin);
    enforce(place.token.surroundings.policy, "pair", publicKey, privateKey);
    return [publicKey, privateKey];
  } catch (error) {
    privateKey.destroy();
    throw error;
  }
}

/** The end of C_GenerateKeyPair: both halves or neither. */
export function installPair(
  place: Place,
  mechanism: Mechanism,
  templates: PairTemplates,
  made: NewKeyPair,
): [TokenObject, TokenObject] {
  return install(place, finishPair(place, mechanism, templates, made));
}

/** C_CopyObject (5.7.2). */
export function copy(place: Place, source: TokenObject, template: Template): TokenObject {
  const { token } = place;
  demand(source.isTrue("COPYABLE"), "ACTION_PROHIBITED", "CKA_COPYABLE is false");
  for (const [name, value] of Object.entries(template) as [AttributeName, AttributeValue][]) {
    checkChange(source, name, value, { copy: true, isSo: token.loggedIn === "so" });
    enforce(token.surroundings.policy, "change", source, name, value);
  }
  const attributes: Template = { ...source.attributes(), UNIQUE_ID: undefined, ...template };
  const protectedStill = {
    ALWAYS_SENSITIVE: source.isTrue("ALWAYS_SENSITIVE") && attributes.SENSITIVE === true,
    NEVER_EXTRACTABLE: source.isTrue("NEVER_EXTRACTABLE") && attributes.EXTRACTABLE === false,
  };
  const object = draft(
    place,
    source.has("SENSITIVE") ? { ...attributes, ...protectedStill } : attributes,
    source.cloneSecrets(),
  );
  install(place, [object]);
  return object;
}

/** C_DeriveKey (5.18.5). */
export function derive(
  place: Place,
  { mechanism, params, key: base, context }: Ready,
  template: Template,
): TokenObject {
  const keyType = template.KEY_TYPE ?? "GENERIC_SECRET";
  demand((template.CLASS ?? "SECRET_KEY") === "SECRET_KEY", "TEMPLATE_INCONSISTENT", "a derived key is a secret key");
  const { fromValue } = keyTypes[keyType];
  if (fromValue === undefined)
    throw new CkrError("TEMPLATE_INCONSISTENT", `a key of type ${keyType} cannot be derived`);
  const value = (mechanism.derive as NonNullable<Mechanism["derive"]>)(context, base, params, template.VALUE_LEN);
  const object = fromMaterial(place, template, fromValue(value, context), { by: "derive", base });
  install(place, [object], () => {
    if (!mechanism.releasesSecret) enforce(place.token.surroundings.policy, "derived", base, object);
  });
  return object;
}

/** C_WrapKey (5.18.3). */
export function wrap(
  place: Place,
  { mechanism, params, key: wrappingKey, context }: Ready,
  target: TokenObject,
): Uint8Array {
  const { policy } = place.token.surroundings;
  demand(target.has("EXTRACTABLE"), "KEY_NOT_WRAPPABLE", "only secret and private keys are wrapped");
  demand(target.isTrue("EXTRACTABLE"), "KEY_UNEXTRACTABLE", "CKA_EXTRACTABLE is false");
  demand(
    !target.isTrue("WRAP_WITH_TRUSTED") || wrappingKey.isTrue("TRUSTED"),
    "KEY_NOT_WRAPPABLE",
    "the key may be wrapped only with a trusted key",
  );
  enforce(policy, "wrap", wrappingKey, target);
  enforce(policy, "wrapMechanism", mechanism);
  return (mechanism.wrap as NonNullable<Mechanism["wrap"]>)(context, wrappingKey, params, target);
}

/** C_UnwrapKey (5.18.4). */
export function unwrap(
  place: Place,
  { mechanism, params, key, context }: Ready,
  wrapped: Uint8Array,
  template: Template,
): TokenObject {
  const { policy } = place.token.surroundings;
  enforce(policy, "wrapMechanism", mechanism);
  const blob = (mechanism.unwrap as NonNullable<Mechanism["unwrap"]>)(context, key, params, wrapped);
  if (blob.attributes !== undefined) return unwrapBound(place, template, blob.attributes, blob.secrets ?? {});
  const made = fromWrappedValue(context, template, blob.value ?? new Secret(new Uint8Array(0)));
  const object = fromMaterial(place, template, made, { by: "unwrap" });
  install(place, [object]);
  return object;
}

/** R2: what the blob says of the key holds; a template may repeat it and choose only where the key is kept. */
function unwrapBound(place: Place, template: Template, bound: Template, secrets: SecretValues): TokenObject {
  const { policy } = place.token.surroundings;
  const { TOKEN = false, ...asked } = template;
  try {
    for (const [name, value] of Object.entries(asked) as [AttributeName, AttributeValue][]) {
      if (!sameValue(bound[name], value)) enforce(policy, "unwrapOverride", name);
    }
  } catch (error) {
    for (const secret of Object.values(secrets)) secret.destroy();
    throw error;
  }
  const object = fromMaterial(place, {}, { attributes: { ...bound, ...asked, TOKEN }, secrets }, { by: "bound" });
  install(place, [object]);
  return object;
}

/** The key inside a blob that says nothing of it; whatever is wrong with the value is one and the same error. */
function fromWrappedValue(context: Context, template: Template, value: Secret): NewKey {
  const objectClass: ObjectClass | undefined = template.CLASS;
  demand(
    objectClass !== undefined && template.KEY_TYPE !== undefined,
    "TEMPLATE_INCOMPLETE",
    "CKA_CLASS and CKA_KEY_TYPE are needed",
  );
  const { fromValue, decodePrivate } = keyTypes[template.KEY_TYPE];
  const read = objectClass === "SECRET_KEY" ? fromValue : objectClass === "PRIVATE_KEY" ? decodePrivate : undefined;
  if (read === undefined)
    throw new CkrError("TEMPLATE_INCONSISTENT", `a ${objectClass} of type ${template.KEY_TYPE} cannot be unwrapped`);
  try {
    return value.use((bytes) => read(Uint8Array.from(bytes), context));
  } catch {
    throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not valid");
  } finally {
    value.destroy();
  }
}
