import type { Home } from "../adapters/files/index.ts";
import type { SourceAdapter } from "../adapters/sources/index.ts";
import type { Cluster, Route } from "../core/clusters/index.ts";
import { ChatOpsError } from "../core/errors.ts";
import {
  compileEventTypes,
  compileSource,
  type EventTypeRegistry,
  MOST_NUMERIC_FIELDS,
  type NumericFields,
  numericFieldsOf,
} from "../core/events/index.ts";
import type { Groups } from "../core/groups/index.ts";
import type { LanguageGroup } from "../core/languages/index.ts";
import type { AccessToken, Role } from "../core/people/index.ts";
import type { Policy } from "../core/policies/index.ts";
import { type ActionUse, actionUses, type PackSet } from "../core/releases/index.ts";
import { type Rule, type RuleSet, ruleSet } from "../core/rules/index.ts";
import type { RunGrant } from "../core/runs/index.ts";
import {
  type AtWork,
  type CompiledWindows,
  type CronReader,
  compileSchedule,
  compileWindows,
} from "../core/windows/index.ts";
import type { ReadySource, Warning } from "./http/index.ts";
import { type ReadyRoster, readyRosters } from "./rosters/index.ts";

/** The configuration as the workers use it: checked and compiled. */
export interface InForce {
  rules: readonly Rule[];
  set: RuleSet;
  policies: readonly Policy[];
  clusters: readonly Cluster[];
  /** An earlier one counts before a later one. */
  routes: readonly Route[];
  registry: EventTypeRegistry;
  /** The fields of `detail` that events can be searched by as numbers. */
  numericFields: readonly string[];
  sources: ReadonlyMap<string, ReadySource>;
  windows: CompiledWindows;
  /** By name. */
  rosters: ReadonlyMap<string, ReadyRoster>;
  /** Of the rules that have one, by their ids. */
  schedules: ReadonlyMap<string, AtWork>;
  groups: Groups;
  roles: readonly Role[];
  /** What people may run by hand; the first that names an action decides. */
  grants: readonly RunGrant[];
  /** By the hash of the token. */
  tokens: ReadonlyMap<string, AccessToken>;
  /** Who reads which language. */
  languages: readonly LanguageGroup[];
  packSets: readonly PackSet[];
  warnings: Warning[];
}

/** The one place that the configuration in force is read from. Who works on one thing reads it once. */
export interface InForceHolder {
  current(): InForce;
  /** From now on the next; what is under way ends by the one it has read. */
  replace(next: InForce): void;
}

/** Holds a configuration until the next. */
export function holdInForce(first: InForce): InForceHolder {
  let held = first;
  return {
    current: () => held,
    replace: (next) => {
      held = next;
    },
  };
}

function refuse(what: string, message: string): never {
  throw new ChatOpsError(`${what}: ${message}`, { code: "config.invalid" });
}

/** What is compiled with a home and comes from adapters. */
export interface HomeParts {
  kinds: Readonly<Record<string, SourceAdapter>>;
  cron: CronReader;
}
const LONGEST_NAMES = 500;

/** Compiles a home. The loader has checked it before; what fails here names its rule, type or source. */
export function prepareHome(home: Home, { kinds, cron }: HomeParts): InForce {
  const types = compileEventTypes(home.eventTypes);
  if (types.outcome === "invalid") refuse(`event type ${types.type}`, types.message);
  const rules = ruleSet(home.rules);
  if (rules.outcome === "invalid") refuse(`rule ${rules.ruleId} ${rules.field}`, rules.message);
  const sources = new Map<string, ReadySource>();
  for (const source of home.sources) {
    const adapter = kinds[source.kind] ?? refuse(`source ${source.name}`, `unknown kind ${source.kind}`);
    const compiled = compileSource(source, types.registry);
    if (compiled.outcome === "invalid") refuse(`source ${source.name} ${compiled.path}`, compiled.message);
    sources.set(source.name, { source: compiled.source, adapter, registry: types.registry });
  }
  const { policies, clusters, routes } = home;
  const numeric = numericFieldsOf(home.eventTypes);
  const warnings = ignoredFields(numeric);
  return {
    rules: home.rules,
    set: rules.set,
    policies,
    clusters,
    routes,
    registry: types.registry,
    numericFields: numeric.searched,
    sources,
    windows: compileWindows(home.windows, cron),
    rosters: readyRosters(home.rosters),
    schedules: schedulesOf(home.rules, cron),
    groups: new Map(Object.entries(home.groups)),
    roles: home.roles,
    grants: home.grants,
    languages: home.languages,
    packSets: home.packSets,
    tokens: new Map(home.tokens.map((token) => [token.hash, token])),
    warnings,
  };
}

/** What of a configuration names actions. */
export function usesIn({ rosters, ...home }: InForce): ActionUse[] {
  // Of rosters only those that look somebody up name one.
  const lookups = [...rosters.values()].flatMap((one) => (one.kind === "lookup" ? one.roster : []));
  return actionUses({ ...home, rosters: lookups });
}

function schedulesOf(rules: readonly Rule[], cron: CronReader): Map<string, AtWork> {
  return new Map(
    rules.flatMap(({ id, schedule }) => (schedule ? [[id, compileSchedule(schedule, cron)] as const] : [])),
  );
}

function ignoredFields({ ignored }: NumericFields): Warning[] {
  if (ignored.length === 0) return [];
  const names = ignored.join(", ").slice(0, LONGEST_NAMES);
  const message = `numeric fields cannot be searched by range, at most ${MOST_NUMERIC_FIELDS} can, named without dots and signs: ${names} (这些数字字段不能按范围检索)`;
  return [{ about: "event types", message }];
}
