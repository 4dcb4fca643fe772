export { type ActionDutyDeps, createActionDuty } from "./action-duty.ts";
export { dutyDirectory } from "./duty-directory.ts";
export {
  createRosterKeeper,
  type DutyView,
  type OnDuty,
  type RosterKeeper,
  type RosterKeeperDeps,
} from "./keeper.ts";
export { createLookups, type LookedUp, type LookupDeps, type Lookups } from "./lookups.ts";
export { type ReadyRoster, readyRosters } from "./ready.ts";
export { type ShownDuty, shownDuty } from "./shown.ts";
