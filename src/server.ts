/** The KMS as a server: `pocket-hsm/server`. */

export { withCors } from "./server/cors.ts";
export type { Endpoint } from "./server/endpoint.ts";
export { type Listener, type Patience, type ServeOptions, serve } from "./server/listener.ts";
export type { Answer, WireRequest } from "./server/wire-service.ts";
