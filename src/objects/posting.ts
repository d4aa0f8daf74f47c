import type { AttributeName } from "../cryptoki/attributes.ts";
import { TokenObject } from "./object.ts";
import type { Profile } from "./profile.ts";

/** Objects of one profile. */
export type Group = TokenObject | ReadonlySet<TokenObject>;

/** The objects that have the same text as an attribute: most often a single one, which says by itself what it is. */
export type Posting = TokenObject | Several;

/** Several objects by profile. A Set of a single one would take more than the object. */
interface Several {
  readonly text: string;
  readonly byProfile: Map<Profile, TokenObject | Set<TokenObject>>;
}

/** What the text of all is found in: that of a single object among its own texts. */
export const proofOf = (posting: Posting): string => (posting instanceof TokenObject ? posting.texts : posting.text);

/** The text that all have. */
export function textOfAll(posting: Posting, name: AttributeName, proof: string): string | undefined {
  return posting instanceof TokenObject ? posting.profile?.textOf(name, proof) : proof;
}

/** A posting with one object more. */
export function entered(posting: Posting | undefined, object: TokenObject, text: string): Posting {
  if (posting === undefined) return object;
  if (posting instanceof TokenObject) {
    return entered({ text, byProfile: new Map([[posting.profile as Profile, posting]]) }, object, text);
  }
  const { byProfile } = posting;
  const profile = object.profile as Profile;
  const group = byProfile.get(profile);
  if (group instanceof Set) group.add(object);
  else byProfile.set(profile, group === undefined ? object : new Set([group, object]));
  return posting;
}

/** What is left of a posting without one of its objects. */
export function without(posting: Posting, object: TokenObject): Posting | undefined {
  if (posting instanceof TokenObject) return undefined;
  const { byProfile } = posting;
  const profile = object.profile as Profile;
  const group = byProfile.get(profile);
  if (group instanceof Set) group.delete(object);
  if (!(group instanceof Set) || group.size === 0) byProfile.delete(profile);
  if (byProfile.size > 1) return posting;
  const [last] = byProfile.values();
  if (last instanceof Set && last.size > 1) return posting;
  const [single] = membersOf(last as Group);
  return single;
}

/** The groups of a posting whose profiles are wanted. */
export function groupsOf(posting: Posting, isWanted: (profile: Profile) => boolean): Group[] {
  if (posting instanceof TokenObject) return isWanted(posting.profile as Profile) ? [posting] : [];
  return [...posting.byProfile].filter(([profile]) => isWanted(profile)).map(([, group]) => group);
}

export const membersOf = (group: Group): ReadonlySet<TokenObject> | readonly TokenObject[] =>
  group instanceof Set ? group : [group as TokenObject];

export const sizeOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, group) => sum + (group instanceof Set ? group.size : 1), 0);
