import {
  DisabledException,
  InvalidCiphertextException,
  KMSServiceException,
  NotFoundException,
} from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import { CkrError } from "../../src/cryptoki/error.ts";
import { CKR, type CkrName } from "../../src/cryptoki/return-values.ts";
import {
  asKmsError,
  FROM_CKR,
  fail,
  INTERNAL_ERROR_TEXT,
  KMS_ERRORS,
  KmsError,
  type KmsErrorName,
} from "../../src/kms/errors.ts";

const names = Object.keys(KMS_ERRORS) as KmsErrorName[];

test("The SDK's own exception classes recognise an error that was thrown in process", () => {
  const error = new KmsError("NotFoundException", "Key 'arn:aws:kms:us-east-1:111122223333:key/x' does not exist");
  expect(error).toBeInstanceOf(NotFoundException);
  expect(error).toBeInstanceOf(KMSServiceException);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(DisabledException);
  expect(error.message).toBe("Key 'arn:aws:kms:us-east-1:111122223333:key/x' does not exist");
  expect(error.$metadata).toEqual({ httpStatusCode: 400 });
  expect(error.$fault).toBe("client");
});

test("An error without a message shows the SDK's UnknownError and has nothing to put on the wire", () => {
  const error = new KmsError("InvalidCiphertextException");
  expect(error).toBeInstanceOf(InvalidCiphertextException);
  expect(error.message).toBe("UnknownError");
  expect(error.wireMessage).toBeUndefined();
});

test("An empty message stays empty on the wire", () => {
  const error = new KmsError("ValidationException", "");
  expect(error.message).toBe("UnknownError");
  expect(error.wireMessage).toBe("");
});

test("Server faults are 500 and client faults 400, and only three exceptions are server faults", () => {
  for (const name of names) {
    const error = new KmsError(name, "x", { requestId: "r" });
    expect(error.$metadata).toEqual({ httpStatusCode: error.$fault === "server" ? 500 : 400, requestId: "r" });
  }
  expect(names.filter((name) => KMS_ERRORS[name].fault === "server")).toEqual([
    "DependencyTimeoutException",
    "KMSInternalException",
    "KeyUnavailableException",
  ]);
});

test("fail throws the error that it names", () => {
  expect(() => fail("DisabledException", "k is disabled.")).toThrow(
    expect.objectContaining({ name: "DisabledException", message: "k is disabled." }),
  );
});

test("A token's refusal becomes the exception of the table, with neither message nor cause", () => {
  for (const [ckr, name] of Object.entries(FROM_CKR)) {
    const error = asKmsError(new CkrError(ckr as CkrName, "something that only the token knows"));
    expect(error.name).toBe(name);
    expect(error.wireMessage).toBeUndefined();
    expect(error.cause).toBeUndefined();
  }
});

test("Every other error becomes KMSInternalException with the fixed text, and keeps its cause for the log", () => {
  const unmapped = (Object.keys(CKR) as CkrName[]).filter((ckr) => FROM_CKR[ckr] === undefined);
  const causes = [...unmapped.map((ckr) => new CkrError(ckr, "secret detail")), new TypeError("secret detail"), "text"];
  for (const cause of [...causes, Object.assign(new Error("x"), { ckr: "toString" })]) {
    const error = asKmsError(cause);
    expect(error).toMatchObject({ name: "KMSInternalException", message: INTERNAL_ERROR_TEXT, $fault: "server" });
    expect(error.cause).toBe(cause);
  }
  expect(unmapped.length).toBeGreaterThan(20);
});

test("A KmsError passes through unchanged", () => {
  const error = new KmsError("TagException", "Duplicate tag keys");
  expect(asKmsError(error)).toBe(error);
});
