import type { AttributeName } from "../../cryptoki/attributes.ts";
import { readOptions } from "../../cryptoki/caller.ts";
import { demand } from "../../cryptoki/error.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { forClass, type KeyTemplate, readTemplate, takeTemplate } from "../../objects/template.ts";
import { type Attributes, attributeNames, changeAttributes, objectSize, readAttributes } from "../attributes.ts";
import * as keys from "../key-management.ts";
import { requireLimit } from "../search.ts";
import type { SessionCore } from "../session-core.ts";

/** Object management functions (PKCS #11 v3.2, 5.7). */
export class ObjectFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /**
   * C_CreateObject.
   * @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID,
   * CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID, CKR_SESSION_READ_ONLY, CKR_USER_NOT_LOGGED_IN
   */
  createObject(template: KeyTemplate): ObjectHandle {
    const given = readTemplate(template);
    this.#core.require();
    return keys.create(this.#core.place, given).handle;
  }

  /** C_CopyObject. @throws CkrError CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT */
  copyObject(object: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    const given = takeTemplate(template);
    const source = this.#core.object(object);
    return keys.copy(this.#core.place, source, forClass(given, source.get("CLASS"))).handle;
  }

  /** C_DestroyObject: secrets and prepared keys are wiped. @throws CkrError CKR_ACTION_PROHIBITED, CKR_SESSION_READ_ONLY */
  destroyObject(object: ObjectHandle): void {
    const target = this.#core.changeable(object);
    demand(target.isTrue("DESTROYABLE"), "ACTION_PROHIBITED", "CKA_DESTROYABLE is false");
    this.#core.token.destroy(target);
  }

  /** C_GetObjectSize: the bytes of every attribute in a CK_ATTRIBUTE of its own, secrets too. */
  objectSize(object: ObjectHandle): number {
    return objectSize(this.#core.object(object));
  }

  /**
   * C_GetAttributeValue: all the named attributes, or none.
   * @throws CkrError CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID
   */
  getAttributes<const N extends AttributeName>(object: ObjectHandle, names: readonly N[]): Attributes<N> {
    const wanted = attributeNames(names);
    return readAttributes(this.#core.object(object), wanted) as Attributes<N>;
  }

  /** C_SetAttributeValue: all the changes, or none. @throws CkrError CKR_ATTRIBUTE_READ_ONLY, CKR_ACTION_PROHIBITED */
  setAttributes(object: ObjectHandle, template: KeyTemplate): void {
    const given = takeTemplate(template);
    const target = this.#core.changeable(object);
    changeAttributes(this.#core.place, target, forClass(given, target.get("CLASS")));
  }

  /** C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal in one. An empty template finds everything visible. */
  findObjects(template: KeyTemplate = {}, options: { readonly limit?: number } = {}): ObjectHandle[] {
    const { limit = Number.POSITIVE_INFINITY } = readOptions(options);
    requireLimit(limit);
    this.findInit(template);
    try {
      return this.find(limit);
    } finally {
      this.findFinal();
    }
  }

  /** C_FindObjectsInit. @throws CkrError CKR_OPERATION_ACTIVE */
  findInit(template: KeyTemplate = {}): void {
    const wanted = readTemplate(template);
    this.#core.require();
    this.#core.search.start(this.#core.token.find(wanted));
  }

  /** C_FindObjects: the next handles, at most `limit`. @throws CkrError CKR_OPERATION_NOT_INITIALIZED */
  find(limit: number): ObjectHandle[] {
    const core = this.#core;
    core.require();
    return core.search.next(limit, (object) => (core.visible(object) ? core.token.handleOf(object) : undefined));
  }

  /** C_FindObjectsFinal. @throws CkrError CKR_OPERATION_NOT_INITIALIZED */
  findFinal(): void {
    this.#core.require();
    this.#core.search.end();
  }
}
