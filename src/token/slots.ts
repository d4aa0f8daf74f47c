import { CkrError, demand } from "../cryptoki/error.ts";
import type { SlotId } from "../cryptoki/handles.ts";
import type { Token } from "./token.ts";

interface Slot {
  readonly token: Token;
  isPresent: boolean;
  hasEvent: boolean;
}

/** What C_GetSlotInfo tells. */
export interface SlotDescription {
  readonly slot: SlotId;
  readonly description: string;
  readonly manufacturer: string;
  /** CKF_TOKEN_PRESENT. */
  readonly tokenPresent: boolean;
  /** CKF_REMOVABLE_DEVICE: every token here can be taken out, by Hsm.removeToken. */
  readonly removable: true;
}

/** The slots of an HSM (PKCS #11 v3.2, 5.5). A token can be taken out of its slot and put back; both are slot events. */
export class Slots {
  readonly #slots = new Map<SlotId, Slot>();
  readonly #waiting = new Set<() => void>();

  add(token: Token): void {
    this.#slots.set(token.slot, { token, isPresent: true, hasEvent: false });
  }

  /** Every token, in its slot or not. */
  tokens(): Token[] {
    return [...this.#slots.values()].map(({ token }) => token);
  }

  ids(tokenPresent: boolean): SlotId[] {
    return [...this.#slots].filter(([, { isPresent }]) => isPresent || !tokenPresent).map(([id]) => id);
  }

  /** The token in a slot, the first unless told otherwise. @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT */
  token(id?: SlotId): Token {
    const { token, isPresent } = this.#slot(id);
    demand(isPresent, "TOKEN_NOT_PRESENT", "there is no token in the slot");
    return token;
  }

  /** @throws CkrError CKR_SLOT_ID_INVALID */
  describe(id: SlotId): SlotDescription {
    const { token, isPresent } = this.#slot(id);
    const description = `pocket-hsm slot ${token.slot}`;
    return { slot: token.slot, description, manufacturer: "pocket-hsm", tokenPresent: isPresent, removable: true };
  }

  /** @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT */
  remove(id?: SlotId): void {
    this.token(id).remove();
    this.#change(id, false);
  }

  /** Puts back the token that was taken out. @throws CkrError CKR_SLOT_ID_INVALID, CKR_ARGUMENTS_BAD */
  insert(id?: SlotId): void {
    demand(!this.#slot(id).isPresent, "ARGUMENTS_BAD", "the token is in its slot");
    this.#change(id, true);
  }

  /** The slot of one event that nobody has heard of yet. @throws CkrError CKR_NO_EVENT */
  takeEvent(): SlotId {
    for (const [id, slot] of this.#slots) {
      if (!slot.hasEvent) continue;
      slot.hasEvent = false;
      return id;
    }
    throw new CkrError("NO_EVENT", "nothing has happened in any slot");
  }

  /** Waits for the next event. @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted */
  async nextEvent(signal: AbortSignal | undefined): Promise<SlotId> {
    for (;;) {
      demand(signal?.aborted !== true, "FUNCTION_CANCELED", "the wait was aborted");
      if ([...this.#slots.values()].some(({ hasEvent }) => hasEvent)) return this.takeEvent();
      await this.#nextChange(signal);
    }
  }

  #nextChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }

  #change(id: SlotId | undefined, isPresent: boolean): void {
    Object.assign(this.#slot(id), { isPresent, hasEvent: true });
    for (const wake of [...this.#waiting]) wake();
  }

  #slot(id: SlotId = [...this.#slots.keys()][0] as SlotId): Slot {
    const slot = this.#slots.get(id);
    if (slot === undefined) throw new CkrError("SLOT_ID_INVALID", "no such slot");
    return slot;
  }
}
