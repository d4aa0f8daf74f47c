/** What only Node has: `pocket-hsm/node`. */

export type { Engine, Running, Threads } from "./crypto/engine.ts";
export { nodeEngine } from "./node/engine.ts";
export { type Fallback, fallbacks } from "./node/fallbacks.ts";
export { type ThreadedEngine, type ThreadOptions, threadedNodeEngine } from "./node/threads.ts";
