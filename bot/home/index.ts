export type { LoadedHome, TypeChange, TypeChanged, TypeUse } from "./change-type.ts";
export { createHomeKeeper, type HomeKeeper, type KeeperDeps, type Reloaded } from "./keeper.ts";
