import { type Stop, stopName } from "../../core/stops/index.ts";
import type { Warning } from "../http/index.ts";

/** A warning of `/readyz` for each stop: somebody may wonder why nothing starts. */
export function stopWarnings(stops: readonly Stop[]): Warning[] {
  return stops.map(({ scope, by, at, why }) => ({
    about: `stop ${stopName(scope)}`,
    message: `${by}, ${at}: ${why} (急停中，不会启动新的执行；nothing new of it starts)`,
  }));
}
