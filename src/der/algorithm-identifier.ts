import { type Block, isNull, isObjectId, nothing, objectId, readObjectId, readSequence, sequence } from "./asn1.ts";
import { DerError, demand } from "./der-error.ts";
import { curveOf, type EcCurve, type OctetCurve, octetCurveOf } from "./ec-params.ts";
import { OID } from "./oids.ts";
import { type ParameterSet, parameterSetOf } from "./parameter-sets.ts";

/** A key's algorithm, as an AlgorithmIdentifier names it (RFC 5280, 4.1.1.2). */
export type KeyAlgorithm = { type: "EC"; curve: EcCurve } | { type: "RSA" } | { type: OctetCurve | ParameterSet };

export function algorithmIdentifier(algorithm: KeyAlgorithm): Block {
  switch (algorithm.type) {
    case "EC":
      return sequence(objectId(OID.ecPublicKey), objectId(OID[algorithm.curve]));
    case "RSA":
      return sequence(objectId(OID.rsaEncryption), nothing());
    default:
      return sequence(objectId(OID[algorithm.type]));
  }
}

/**
 * Parameters are as the algorithm's own RFC has them: a named curve (RFC 5480, 2.1.1), NULL for RSA (RFC 8017, A.1),
 * absent for the curves of RFC 8410, 3 and the parameter sets of RFC 9881, 9909 and 9935.
 * @throws DerError for any other algorithm or parameters.
 */
export function readAlgorithmIdentifier(block: Block | undefined): KeyAlgorithm {
  const [algorithm, parameters] = readSequence(block, "AlgorithmIdentifier", 1, 2);
  const oid = readObjectId(algorithm, "algorithm");
  switch (oid) {
    case OID.ecPublicKey: {
      demand(isObjectId(parameters), "EC parameters must be a named curve's OBJECT IDENTIFIER");
      const curve = curveOf(readObjectId(parameters, "EC parameters"));
      demand(curve !== undefined, "EC parameters name a curve that is not supported");
      return { type: "EC", curve };
    }
    case OID.rsaEncryption:
      demand(isNull(parameters), "rsaEncryption must have NULL parameters");
      return { type: "RSA" };
    default: {
      const type = octetCurveOf(oid) ?? parameterSetOf(oid);
      if (type === undefined) {
        throw new DerError(
          "the key's algorithm must be rsaEncryption, id-ecPublicKey, or one of RFC 8410, 9881, 9909 and 9935",
        );
      }
      demand(parameters === undefined, `${type} must have no parameters`);
      return { type };
    }
  }
}
