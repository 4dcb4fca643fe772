export { type Breakers, createBreakers } from "./breakers.ts";
export { CANARY_MS, createDrains, type DrainAnswer, type Drains, type UndrainAnswer } from "./drains.ts";
export { createFleet, type Fleet, type FleetSeen } from "./fleet.ts";
export { guardedExecutor } from "./guarded-executor.ts";
export { createOpenRuns, type OpenRuns } from "./open-runs.ts";
