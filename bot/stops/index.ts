export { createStopKeeper, type StopKeeper, type StopOutcome } from "./keeper.ts";
export { releaseHeld } from "./release.ts";
