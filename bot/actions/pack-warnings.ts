import { packLack, packsNeeded } from "../../core/actions/index.ts";
import type { Routing } from "../../core/clusters/index.ts";
import type { Clock, Logger } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { Warning } from "../http/index.ts";
import type { PackWatch } from "../routing/index.ts";
import { type Loop, startRepeating } from "../workers/index.ts";

export interface PackWarningDeps {
  packVersions: PackWatch;
  inForce: () => { rules: readonly Rule[] } & Routing;
  clock: Clock;
  log: Logger;
}

/** Which rules in force need packs that no cluster has on which their tasks may run. */
export interface PackWarnings {
  /** Empty while nothing is known. */
  warnings(): Warning[];
  /** Reads what is needed, where it is not known or not from the last minute. */
  refresh(): Promise<void>;
  /** Keeps reading. */
  start(): Loop;
}

/** Rules that have changed are noticed after this. */
const LOOK_MS = 10_000;
const MOST_WARNINGS = 50;

/** Nothing is asked before it is started or refreshed. */
export function createPackWarnings({ packVersions, inForce, clock, log }: PackWarningDeps): PackWarnings {
  const needed = () => {
    const { rules, ...routing } = inForce();
    return packsNeeded(rules, routing);
  };
  const refresh = async (): Promise<void> => {
    await Promise.all(needed().map(({ clusters, needs }) => packVersions.read(clusters, needs)));
  };
  const warnings = (): Warning[] => {
    const lacking = needed().flatMap((one) => {
      const lack = packLack(one, packVersions.lookup);
      return lack ? [{ ...one, lack: lack.join("; ") }] : [];
    });
    return lacking.slice(0, MOST_WARNINGS).map(({ rule, route, lack }) => {
      const by = route === null ? "" : `，路由 route ${route}`;
      const message = `packs: 没有集群满足 (no cluster meets what its tasks need${by}): ${lack}`;
      return { about: `rule ${rule}`, message };
    });
  };
  return {
    warnings,
    refresh,
    start: () => startRepeating(refresh, { name: "packs", clock, log, everyMs: LOOK_MS }),
  };
}
