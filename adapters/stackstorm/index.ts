export { type Addresses, addressesOf } from "./addresses.ts";
export { STACKSTORM_DEFAULTS, type StackStormOptions } from "./config.ts";
export { createStackStorm, type StackStorm, type StackStormParts } from "./executor.ts";
export { EVERY_EXECUTION, RECONNECTED } from "./watch.ts";
