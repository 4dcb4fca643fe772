export type { LoadedHome, TypeChange, TypeChanged, TypeUse } from "./change-type.ts";
export { BY_WATCH, createHomeKeeper, type HomeKeeper, type KeeperDeps, type Reloaded } from "./keeper.ts";
export { tellOwners } from "./tell-owners.ts";
