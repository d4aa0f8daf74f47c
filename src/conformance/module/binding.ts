/**
 * What is used of the class `PKCS11` of `pkcs11js` 2: byte strings and handles are typed arrays, a number in a template
 * is a CK_ULONG, and a refusal is an error with the return value as `code` and its name as the message.
 */

/** A handle of the module: the bytes of its CK_ULONG. */
export type ModuleHandle = Uint8Array;

export interface ModuleAttribute {
  readonly type: number;
  readonly value?: boolean | number | Uint8Array;
}

export interface ModuleMechanism {
  readonly mechanism: number;
  /** Bytes as they are, or one of the structures that the binding knows, by its `type`. */
  readonly parameter?: Uint8Array | ({ readonly type: number } & Readonly<Record<string, number | Uint8Array>>);
}

/** CK_INFO. Texts are padded with blanks. */
export interface LibraryInfo {
  readonly cryptokiVersion: { readonly major: number; readonly minor: number };
  readonly manufacturerID: string;
  readonly libraryDescription: string;
  readonly libraryVersion: { readonly major: number; readonly minor: number };
}

/** CK_TOKEN_INFO, in part. */
export interface ModuleTokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly flags: number;
}

/** CK_MECHANISM_INFO, in part. */
export interface ModuleMechanismInfo {
  readonly flags: number;
}

export interface Pkcs11Binding {
  load(path: string): void;
  close(): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetInfo(): LibraryInfo;
  C_GetSlotList(tokenPresent: boolean): ModuleHandle[];
  C_GetTokenInfo(slot: ModuleHandle): ModuleTokenInfo;
  C_GetMechanismList(slot: ModuleHandle): number[];
  C_GetMechanismInfo(slot: ModuleHandle, mechanism: number): ModuleMechanismInfo;
  C_OpenSession(slot: ModuleHandle, flags: number): ModuleHandle;
  C_CloseSession(session: ModuleHandle): void;
  C_Login(session: ModuleHandle, userType: number, pin: string): void;
  C_CreateObject(session: ModuleHandle, template: ModuleAttribute[]): ModuleHandle;
  C_DestroyObject(session: ModuleHandle, object: ModuleHandle): void;
  C_GetAttributeValue(
    session: ModuleHandle,
    object: ModuleHandle,
    template: ModuleAttribute[],
  ): { readonly value: Uint8Array }[];
  C_EncryptInit(session: ModuleHandle, mechanism: ModuleMechanism, key: ModuleHandle): void;
  C_Encrypt(session: ModuleHandle, data: Uint8Array, output: Uint8Array): Uint8Array;
  C_DecryptInit(session: ModuleHandle, mechanism: ModuleMechanism, key: ModuleHandle): void;
  C_Decrypt(session: ModuleHandle, data: Uint8Array, output: Uint8Array): Uint8Array;
  C_SignInit(session: ModuleHandle, mechanism: ModuleMechanism, key: ModuleHandle): void;
  C_Sign(session: ModuleHandle, data: Uint8Array, output: Uint8Array): Uint8Array;
  C_VerifyInit(session: ModuleHandle, mechanism: ModuleMechanism, key: ModuleHandle): void;
  C_Verify(session: ModuleHandle, data: Uint8Array, signature: Uint8Array): boolean;
  C_DigestInit(session: ModuleHandle, mechanism: ModuleMechanism): void;
  C_Digest(session: ModuleHandle, data: Uint8Array, output: Uint8Array): Uint8Array;
  C_DigestUpdate(session: ModuleHandle, data: Uint8Array): void;
  C_DigestFinal(session: ModuleHandle, output: Uint8Array): Uint8Array;
  C_GenerateKey(session: ModuleHandle, mechanism: ModuleMechanism, template: ModuleAttribute[]): ModuleHandle;
  C_DeriveKey(
    session: ModuleHandle,
    mechanism: ModuleMechanism,
    key: ModuleHandle,
    template: ModuleAttribute[],
  ): ModuleHandle;
  C_WrapKey(
    session: ModuleHandle,
    mechanism: ModuleMechanism,
    wrappingKey: ModuleHandle,
    key: ModuleHandle,
    output: Uint8Array,
  ): Uint8Array;
  C_UnwrapKey(
    session: ModuleHandle,
    mechanism: ModuleMechanism,
    unwrappingKey: ModuleHandle,
    wrapped: Uint8Array,
    template: ModuleAttribute[],
  ): ModuleHandle;
}
