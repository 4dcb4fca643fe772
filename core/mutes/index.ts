export type * from "./mute.ts";
