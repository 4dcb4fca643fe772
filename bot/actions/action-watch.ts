import { type ActionLookup, actionsUsed, ruleMisfits } from "../../core/actions/index.ts";
import type { Routing } from "../../core/clusters/index.ts";
import type { ActionCatalog, ActionReading, Clock, Logger } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { Warning } from "../http/index.ts";
import { type Loop, startRepeating } from "../workers/index.ts";

export interface ActionWatchDeps {
  catalog: ActionCatalog;
  inForce: () => { rules: readonly Rule[] } & Routing;
  clock: Clock;
  log: Logger;
}

/** What clusters say of the actions that the rules in force may start, as last read. */
export interface ActionWatch {
  lookup: ActionLookup;
  /** Whether a cluster is known not to have an action, or to have it switched off. What is not known is no such thing. */
  lacks(cluster: string, action: string): boolean;
  /** Reads an action anew on some clusters, where it was last seen to lack: people may have installed it since. */
  recheck(clusters: readonly string[], action: string): Promise<void>;
  /** Reads an action anew on a cluster that did not take it, and tells whether it lacks there. */
  lacksNow(cluster: string, action: string): Promise<boolean>;
  /** What of the rules does not fit their actions; empty while nothing is known. */
  warnings(): Warning[];
  /** The same, and which clusters did not answer. */
  faults(): Warning[];
  /** Reads what is due: what was never read, or not for `KEEP_MS`. */
  refresh(): Promise<void>;
  /** Keeps reading what is due. */
  start(): Loop;
}

/** An action that was changed on a cluster is known here after this. */
const KEEP_MS = 5 * 60_000;
/** A cluster that did not answer is asked again after this. */
const RETRY_MS = 30_000;
/** Rules that have changed are noticed after this. */
const LOOK_MS = 10_000;
const MOST_WARNINGS = 50;

interface Known {
  reading: ActionReading;
  /** When it is read again. */
  dueAtMs: number;
}

/** Makes the watch; nothing is asked before it is started or refreshed. */
export function createActionWatch(deps: ActionWatchDeps): ActionWatch {
  const { clock, log } = deps;
  const known = new Map<string, Known>();
  const lookup: ActionLookup = (cluster, action) => {
    const reading = known.get(keyOf({ cluster, action }))?.reading;
    return reading?.outcome === "known" ? reading.schema : undefined;
  };
  const lacks: ActionWatch["lacks"] = (cluster, action) => {
    const reading = known.get(keyOf({ cluster, action }))?.reading;
    return reading?.outcome === "absent" || (reading?.outcome === "known" && !reading.schema.enabled);
  };
  const refresh = () => readDue(deps, known);
  return {
    lookup,
    lacks,
    recheck: async (clusters, action) => {
      const stale = clusters.filter((cluster) => lacks(cluster, action));
      await Promise.all(stale.map((cluster) => readOne({ cluster, action }, deps, known)));
    },
    lacksNow: async (cluster, action) => {
      await readOne({ cluster, action }, deps, known);
      return lacks(cluster, action);
    },
    warnings: () => warningsOf(deps.inForce(), { known, lookup }),
    faults: () => [...silentOf(known), ...warningsOf(deps.inForce(), { known, lookup })],
    refresh,
    start: () => startRepeating(refresh, { name: "actions", clock, log, everyMs: LOOK_MS }),
  };
}

interface ActionOnCluster {
  cluster: string;
  action: string;
}

function keyOf({ cluster, action }: ActionOnCluster): string {
  return `${cluster} ${action}`;
}

async function readDue(deps: ActionWatchDeps, known: Map<string, Known>): Promise<void> {
  const { inForce, clock } = deps;
  const { rules, ...routing } = inForce();
  const used = actionsUsed(rules, routing);
  const wanted = new Set(used.map(keyOf));
  for (const key of known.keys()) if (!wanted.has(key)) known.delete(key);
  const silent = new Set<string>();
  for (const one of used) {
    const before = known.get(keyOf(one));
    // Whoever has just not answered would keep the others waiting for as long again.
    if ((before && before.dueAtMs > clock.nowMs()) || silent.has(one.cluster)) continue;
    const reading = await readOne(one, deps, known);
    if (reading.outcome === "unreachable") silent.add(one.cluster);
  }
}

async function readOne(
  one: ActionOnCluster,
  { catalog, clock, log }: ActionWatchDeps,
  known: Map<string, Known>,
): Promise<ActionReading> {
  const reading = await catalog.readAction(one.cluster, one.action);
  if (reading.outcome === "unreachable") {
    log.debug({ ...one, reason: reading.message }, "an action could not be read");
  }
  known.set(keyOf(one), kept(reading, known.get(keyOf(one)), clock.nowMs()));
  return reading;
}

/** What was known before stays while a cluster does not answer. */
function kept(reading: ActionReading, before: Known | undefined, nowMs: number): Known {
  if (reading.outcome !== "unreachable") return { reading, dueAtMs: nowMs + KEEP_MS };
  return { reading: before?.reading ?? reading, dueAtMs: nowMs + RETRY_MS };
}

function silentOf(known: ReadonlyMap<string, Known>): Warning[] {
  return [...known].flatMap(([key, { reading }]) => {
    if (reading.outcome !== "unreachable") return [];
    return [{ about: `cluster ${key.split(" ")[0]}`, message: reading.message }];
  });
}

function warningsOf(
  { rules, ...routing }: ReturnType<ActionWatchDeps["inForce"]>,
  { known, lookup }: { known: ReadonlyMap<string, Known>; lookup: ActionLookup },
): Warning[] {
  const absent = actionsUsed(rules, routing).flatMap(({ cluster, action }) => {
    if (known.get(keyOf({ cluster, action }))?.reading.outcome !== "absent") return [];
    const message = `集群上没有动作 ${action} (the cluster has no action ${action})`;
    return [{ about: `cluster ${cluster}`, message }];
  });
  const misfits = rules.flatMap((rule) => ruleMisfits(rule, routing, lookup));
  const told = misfits.map(({ rule, field, message }) => ({
    about: `rule ${rule}`,
    message: `${field}: ${message}`,
  }));
  return [...absent, ...told].slice(0, MOST_WARNINGS);
}
