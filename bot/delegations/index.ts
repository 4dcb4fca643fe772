export {
  createDelegationKeeper,
  type DelegationKeeper,
  type DelegationKeeperDeps,
  type Given,
} from "./keeper.ts";
export { type TellDelegate, type TellingDeps, tellDelegate } from "./tell.ts";
export { mayEnd, mayGiveFor, maySee } from "./who-may.ts";
export { delegationFaultWords } from "./words.ts";
