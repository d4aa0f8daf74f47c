import type { HashState } from "../crypto/engine.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import type { TokenObject } from "../objects/object.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { integer, paramReader } from "./params.ts";
import { comparing } from "./streams.ts";

/** CK_MAC_GENERAL_PARAMS: the MAC is the first `macBytes` of the whole one. */
export interface GeneralMacParams {
  readonly macBytes: number;
}

/** The MAC that is cut. */
export interface WholeMac extends Required<Pick<Mechanism, "keyTypes" | "keySize">> {
  readonly macBytes: number;
  readonly start: (context: Context, key: TokenObject) => HashState;
}

/** SP 800-107 r1, 5.3.3 and SP 800-38B, A.2: below 64 bits only where the number of tries is limited. */
const LEAST_BYTES = 8;

/** A mechanism whose MACs are cut to the length that its parameter names. */
export function generalMac<N extends MechanismName>(
  name: N,
  source: string,
  { keyTypes, keySize, macBytes: whole, start }: WholeMac,
): Mechanism<N, GeneralMacParams> {
  const running = (context: Context, key: TokenObject, { macBytes }: GeneralMacParams): HashState => {
    const state = start(context, key);
    return { update: (data) => state.update(data), digest: () => state.digest().slice(0, macBytes) };
  };
  return mechanism({
    name,
    source,
    keyTypes,
    keySize,
    parse: paramReader<GeneralMacParams>({ macBytes: integer(1, whole) }),
    strengths: ({ macBytes }) => [
      { what: "macBytes", given: macBytes, least: LEAST_BYTES, source: "SP 800-107 r1, 5.3.3" },
    ],
    sign(context, key, params, data) {
      const state = running(context, key, params);
      state.update(data);
      return state.digest();
    },
    verify(context, key, params, data, signature) {
      const stream = comparing(running(context, key, params));
      stream.update(data);
      return stream.final(signature);
    },
    signStart: running,
    verifyStart: (context, key, params) => comparing(running(context, key, params)),
    signatureBytes: (_key, { macBytes }) => macBytes,
  });
}
