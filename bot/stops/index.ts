export { createStopKeeper, type StopKeeper, type StopOutcome } from "./keeper.ts";
export { countStopped, type ReleaseDeps, releaseHeld } from "./release.ts";
export { stopWarnings } from "./warnings.ts";
