export { createGateway } from "./gateway.ts";
export type { Door, GatewayDeps } from "./parts.ts";
