import type { Cluster, Route } from "../../core/clusters/index.ts";
import type { EventType, Source } from "../../core/events/index.ts";
import type { Group } from "../../core/groups/index.ts";
import type { LanguageGroup } from "../../core/languages/index.ts";
import type { AccessToken, Role } from "../../core/people/index.ts";
import type { Policy } from "../../core/policies/index.ts";
import type { PackSet } from "../../core/releases/index.ts";
import type { Roster } from "../../core/rosters/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { RunGrant } from "../../core/runs/index.ts";
import type { MaintenanceWindow } from "../../core/windows/index.ts";

/** Everything a user wrote in WHALE_HOME, checked and with its defaults filled in. */
export interface Home {
  eventTypes: EventType[];
  sources: Source[];
  rules: Rule[];
  policies: Policy[];
  clusters: Cluster[];
  /** Where tasks go; an earlier one counts before a later one. */
  routes: Route[];
  windows: MaintenanceWindow[];
  rosters: Roster[];
  packSets: PackSet[];
  groups: Record<string, Group>;
  roles: Role[];
  /** What people may run by hand, in their order: the first that names an action decides. */
  grants: RunGrant[];
  tokens: AccessToken[];
  /** Who reads which language; an earlier group counts before a later one. */
  languages: LanguageGroup[];
}
