export { createMuteKeeper, type MuteKeeper, type MuteKeeperDeps } from "./keeper.ts";
export { type MuteObject, missingRuleWords, muteFaultWords, muteObjectOver } from "./words.ts";
