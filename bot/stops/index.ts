export { createStopKeeper, type StopKeeper, type StopOutcome } from "./keeper.ts";
export { type ReleaseDeps, releaseHeld } from "./release.ts";
export { stopWarnings } from "./warnings.ts";
