import type { HashState } from "../../crypto/engine.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { type MechanismChoice, type ParsedChoice, parseChoice } from "../../mechanisms/registry.ts";
import { enforce } from "../../objects/policy.ts";
import { DigestOperation } from "../digest-operation.ts";
import { input, type SessionCore } from "../session-core.ts";
import { SignatureFunctions } from "./signatures.ts";

/** At most this much per C_GenerateRandom. */
const MAX_RANDOM = 2 ** 20;
/** At most this much per C_SeedRandom: the DRBG's additional input. */
const MAX_SEED = 2 ** 16;

/** Message digesting and random number generation functions (PKCS #11 v3.2, 5.12 and 5.21). */
export class DigestFunctions extends SignatureFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_DigestInit and C_Digest. */
  digest(mechanism: MechanismChoice, data: Uint8Array): Uint8Array {
    const [state, chosen] = this.#digestState(mechanism);
    state.update(input(data));
    const digest = state.digest();
    this.#core.completed("digest", chosen);
    return digest;
  }

  digestInit(mechanism: MechanismChoice): void {
    const [state, chosen] = this.#digestState(mechanism);
    this.#core.operations.start("digest", new DigestOperation(state), chosen);
  }

  digestUpdate(part: Uint8Array): void {
    this.#core.require();
    this.#core.operations.step("digest", (operation) => operation.update(input(part)));
  }

  /**
   * C_DigestKey: the value of a secret key as the next part.
   * @throws CkrError CKR_KEY_INDIGESTIBLE for what is no secret key, and under the strict policy for one that cannot be read
   */
  digestKey(key: ObjectHandle): void {
    this.#core.require();
    this.#core.operations.step("digest", (operation) => {
      const target = this.#core.object(key, "KEY_HANDLE_INVALID");
      demand(target.get("CLASS") === "SECRET_KEY", "KEY_INDIGESTIBLE", "only secret keys are digested");
      enforce(this.#core.token.surroundings.policy, "digestKey", target);
      target.secret("VALUE").use((value) => operation.updateWithKey(value));
    });
  }

  digestFinal(): Uint8Array {
    this.#core.require();
    return this.#core.operations.finish("digest", (operation) => operation.digest());
  }

  /** C_GenerateRandom: 1 to 2^20 bytes, each request with fresh entropy. */
  generateRandom(byteLength: number): Uint8Array {
    this.#core.require();
    demand(
      Number.isInteger(byteLength) && byteLength >= 1 && byteLength <= MAX_RANDOM,
      "ARGUMENTS_BAD",
      `1 to ${MAX_RANDOM} random bytes can be asked for`,
    );
    return this.#core.context.rng(byteLength);
  }

  /** C_SeedRandom: mixed in beside the HSM's own entropy, never instead of it (SP 800-90A r1, 10.2.1.4). */
  seedRandom(seed: Uint8Array): void {
    this.#core.require();
    const bytes = input(seed, "the seed");
    demand(bytes.length <= MAX_SEED, "ARGUMENTS_BAD", `a seed has up to ${MAX_SEED} bytes`);
    this.#core.token.surroundings.seedRandom(bytes);
  }

  #digestState(choice: MechanismChoice): readonly [HashState, ParsedChoice] {
    const { mechanism, params } = parseChoice(choice);
    this.#core.require();
    this.#core.operations.requireNone("digest");
    if (mechanism.digest === undefined) throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not digest`);
    return [mechanism.digest(this.#core.context, params), { mechanism, params }];
  }
}
