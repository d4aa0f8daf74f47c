import { type Block, isNull, isObjectId, nothing, objectId, readObjectId, readSequence, sequence } from "./asn1.ts";
import { DerError, demand } from "./der-error.ts";
import { curveOf, type EcCurve } from "./ec-params.ts";
import { OID } from "./oids.ts";

/** A key's algorithm, as an AlgorithmIdentifier names it (RFC 5280, 4.1.1.2). */
export type KeyAlgorithm = { type: "EC"; curve: EcCurve } | { type: "RSA" } | { type: "Ed25519" };

export function algorithmIdentifier(algorithm: KeyAlgorithm): Block {
  switch (algorithm.type) {
    case "EC":
      return sequence(objectId(OID.ecPublicKey), objectId(OID[algorithm.curve]));
    case "RSA":
      return sequence(objectId(OID.rsaEncryption), nothing());
    case "Ed25519":
      return sequence(objectId(OID.Ed25519));
  }
}

/**
 * Parameters are as the algorithm's own RFC has them: a named curve (RFC 5480, 2.1.1), NULL for RSA (RFC 8017, A.1),
 * absent for Ed25519 (RFC 8410, 3).
 * @throws DerError for any other algorithm or parameters.
 */
export function readAlgorithmIdentifier(block: Block | undefined): KeyAlgorithm {
  const [algorithm, parameters] = readSequence(block, "AlgorithmIdentifier", 1, 2);
  switch (readObjectId(algorithm, "algorithm")) {
    case OID.ecPublicKey: {
      demand(isObjectId(parameters), "EC parameters must be a named curve's OBJECT IDENTIFIER");
      const curve = curveOf(readObjectId(parameters, "EC parameters"));
      demand(curve !== undefined, "EC parameters name a curve that is not supported");
      return { type: "EC", curve };
    }
    case OID.rsaEncryption:
      demand(isNull(parameters), "rsaEncryption must have NULL parameters");
      return { type: "RSA" };
    case OID.Ed25519:
      demand(parameters === undefined, "Ed25519 must have no parameters");
      return { type: "Ed25519" };
    default:
      throw new DerError("the key's algorithm must be rsaEncryption, id-ecPublicKey or id-Ed25519");
  }
}
