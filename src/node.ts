/** What only Node has: `pocket-hsm/node`. */

export type { Engine } from "./crypto/engine.ts";
export { nodeEngine } from "./node/engine.ts";
export { type Fallback, fallbacks } from "./node/fallbacks.ts";
