export { everyInput } from "./every-input.ts";
export { type Bounds, type Exploration, explore } from "./explore.ts";
export { INVARIANTS, taskSpace } from "./space.ts";
export type { Callback, Parts, Plan, World } from "./world.ts";
export { NOW } from "./world.ts";
