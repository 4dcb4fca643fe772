export { createGateway } from "./gateway.ts";
export type { Door, DoorRequest, GatewayDeps } from "./parts.ts";
