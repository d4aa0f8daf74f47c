/** The objects that the token itself has: its mechanisms, profiles and validations (PKCS #11 v3.2, 4.13 to 4.15). */

import type { Template } from "../cryptoki/attributes.ts";
import { type ObjectClass, PROFILE_IDS } from "../cryptoki/constants.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { mechanisms } from "../mechanisms/registry.ts";
import { TokenObject } from "../objects/object.ts";
import { ObjectIndex } from "../objects/object-index.ts";
import type { KnownValidation } from "./validations.ts";

type BuiltInClass = Extract<ObjectClass, "MECHANISM" | "PROFILE" | "VALIDATION">;

const OBJECTS: Readonly<Record<BuiltInClass, (validations: readonly KnownValidation[]) => readonly Template[]>> = {
  MECHANISM: () => [...mechanisms.keys()].map((name) => ({ MECHANISM_TYPE: name, LABEL: name })),
  PROFILE: () => Object.entries(PROFILE_IDS).map(([name, id]) => ({ PROFILE_ID: id, LABEL: name })),
  VALIDATION: (validations) => validations.map(({ template }) => template),
};

/** Nobody makes, changes, copies or destroys one. */
const FIXED: Template = { TOKEN: true, PRIVATE: false, MODIFIABLE: false, COPYABLE: false, DESTROYABLE: false };

/** A search finds them only when it asks for their class, so that software which does not know them never meets one. */
export class BuiltInObjects {
  readonly #nextHandle: () => ObjectHandle;
  readonly #validations: readonly KnownValidation[];
  #objects: ObjectIndex | undefined;

  constructor(nextHandle: () => ObjectHandle, validations: readonly KnownValidation[]) {
    this.#nextHandle = nextHandle;
    this.#validations = validations;
  }

  has(objectClass: ObjectClass | undefined): boolean {
    return objectClass !== undefined && Object.hasOwn(OBJECTS, objectClass);
  }

  get(handle: ObjectHandle): TokenObject | undefined {
    return this.#objects?.get(handle);
  }

  find(template: Template): Generator<TokenObject> {
    this.#objects ??= this.#make();
    return this.#objects.find(template);
  }

  #make(): ObjectIndex {
    // Nobody but us names them.
    const index = new ObjectIndex([0, 0]);
    for (const [CLASS, templates] of Object.entries(OBJECTS) as [BuiltInClass, (typeof OBJECTS)[BuiltInClass]][])
      for (const template of templates(this.#validations))
        index.add(
          new TokenObject(
            this.#nextHandle(),
            undefined,
            { ...FIXED, CLASS, UNIQUE_ID: `${CLASS} ${template.LABEL}`, ...template },
            {},
          ),
        );
    return index;
  }
}
