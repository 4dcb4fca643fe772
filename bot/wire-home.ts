import { cronFault, cronTimes } from "../adapters/cron/index.ts";
import {
  changeRules,
  createHomeFolder,
  formatProblems,
  type Home,
  type HomeFile,
  type HomeFolder,
  loadRuleTests,
  type RuleChange,
  type RulePlaces,
  type RuleTestCase,
  rulePlaces,
  standInEnvironment,
} from "../adapters/files/index.ts";
import { sourceKinds } from "../adapters/sources/index.ts";
import { systemClock } from "../adapters/telemetry/index.ts";
import { fieldFault } from "../adapters/wecom/index.ts";
import type { JsonObject } from "../core/ids/index.ts";
import { type Config, type Environment, formatFaults, readEnvironment } from "./config/index.ts";
import { type HomeParts, type InForce, prepareHome } from "./in-force.ts";

/** A process that is ready to start, or everything that is wrong with what it was given. */
export type Prepared =
  | { outcome: "ready"; config: Config; home: Home; files: HomeFile[]; folder: HomeFolder }
  | { outcome: "refused"; message: string };

/** Reads and checks the environment and the files of `WHALE_HOME`. */
export async function prepare(env: Environment, cwd: string): Promise<Prepared> {
  const read = readEnvironment(env, cwd, fieldFault);
  if (read.outcome === "refused") return { outcome: "refused", message: formatFaults(read.faults) };
  const { config } = read;
  const folder = openHome(env, config.home);
  const loaded = await folder.load();
  if (loaded.outcome === "loaded") return { ...loaded, outcome: "ready", config, folder };
  return { outcome: "refused", message: formatProblems(loaded.problems) };
}

/** The files of `WHALE_HOME` alone, compiled; asks for nothing that only a running process needs. */
export async function prepareFiles(
  env: Environment,
  dir: string,
): Promise<{ outcome: "ready"; inForce: InForce } | { outcome: "refused"; message: string }> {
  const loaded = await openHome(env, dir).load();
  if (loaded.outcome === "loaded") return { outcome: "ready", inForce: prepareHome(loaded.home, HOME_PARTS) };
  return { outcome: "refused", message: formatProblems(loaded.problems) };
}

/** Files of a home for whoever looks at rules alone. */
export interface RulesReady {
  outcome: "ready";
  home: Home;
  inForce: InForce;
  placeOf: RulePlaces;
  /** The file of a roster. */
  rosterFile: (name: string) => string;
}

/**
 * The same for whoever looks at rules. With `made_up` secrets, names that the environment does not set are made
 * up, so that nothing can be connected to.
 */
export async function prepareRules(
  env: Environment,
  dir: string,
  secrets: "real" | "made_up",
): Promise<RulesReady | { outcome: "refused"; message: string }> {
  const known = secrets === "real" ? env : await standInEnvironment(dir, env);
  const loaded = await openHome(known, dir).load();
  if (loaded.outcome === "refused") return { outcome: "refused", message: formatProblems(loaded.problems) };
  const { home, files } = loaded;
  const rosterFile = rosterFiles(files);
  const inForce = prepareHome(home, HOME_PARTS);
  return { outcome: "ready", home, inForce, placeOf: rulePlaces(files), rosterFile };
}

/** Finds the file of a roster by its name. */
export function rosterFiles(files: readonly HomeFile[]): (name: string) => string {
  const named = new Map(files.flatMap(({ kind, name, file }) => (kind === "roster" ? [[name, file]] : [])));
  return (name) => named.get(name) ?? "rosters/";
}

/** The tests that stand beside the rules of a home. */
export async function ruleTests(
  env: Environment,
  dir: string,
): Promise<{ outcome: "loaded"; cases: RuleTestCase[] } | { outcome: "refused"; message: string }> {
  const loaded = await loadRuleTests(dir, env);
  return loaded.outcome === "loaded"
    ? loaded
    : { outcome: "refused", message: formatProblems(loaded.problems) };
}

/** The files of `WHALE_HOME`, compiled as they are, and as they would be with some rule files changed or added. */
export type PreparedChange =
  | {
      outcome: "ready";
      before: InForce;
      /** Null when nothing is changed. */
      after: InForce | null;
    }
  | { outcome: "refused"; message: string };

/**
 * As `prepareFiles`, beside the same with rule files in place of those of the same rules. Nothing is written, and
 * names that the environment does not set are made up, so that nothing can be connected to.
 */
export async function prepareChange(
  env: Environment,
  dir: string,
  changes: readonly RuleChange[],
): Promise<PreparedChange> {
  const known = await standInEnvironment(dir, env);
  const folder = openHome(known, dir);
  const loaded = await folder.load();
  if (loaded.outcome === "refused") return { outcome: "refused", message: formatProblems(loaded.problems) };
  const before = prepareHome(loaded.home, HOME_PARTS);
  if (changes.length === 0) return { outcome: "ready", before, after: null };
  const { overlay, named } = changeRules(loaded.files, changes, known);
  const changed = await folder.load(overlay);
  if (changed.outcome === "refused")
    return { outcome: "refused", message: formatProblems(named(changed.problems)) };
  return { outcome: "ready", before, after: prepareHome(changed.home, HOME_PARTS) };
}

export const HOME_PARTS: HomeParts = { kinds: sourceKinds, cron: cronTimes };

function openHome(env: Environment, dir: string): HomeFolder {
  const kinds = Object.keys(sourceKinds);
  return createHomeFolder({
    dir,
    env,
    kinds,
    nowMs: systemClock.nowMs,
    checkOptions: optionsFault,
    cronFault,
  });
}

/** What a kind of source says against options; null when nothing. */
function optionsFault(kind: string, options: JsonObject): string | null {
  return sourceKinds[kind]?.checkOptions?.(options)?.message ?? null;
}
