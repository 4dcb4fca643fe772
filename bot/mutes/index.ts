export { createMuteKeeper, type MuteKeeper, type MuteKeeperDeps } from "./keeper.ts";
export { type MuteObject, muteFaultWords, muteObjectOver } from "./words.ts";
