export { readLocalAddress, removeLocalAddress, writeLocalAddress } from "./address.ts";
export { processName } from "./process-name.ts";
export { readLocalToken, writeLocalToken } from "./token.ts";
