/** The list of walkthroughs, in the order in which the demo runs them. */

import { ecdh } from "./ecdh.ts";
import { offlineRsa } from "./offline-rsa.ts";
import { signThenEncrypt } from "./sign-then-encrypt.ts";
import type { Walkthrough } from "./world.ts";

export const WALKTHROUGHS: readonly Walkthrough[] = [ecdh, offlineRsa, signThenEncrypt];
