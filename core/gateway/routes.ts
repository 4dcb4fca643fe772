import type { Right } from "../people/index.ts";
import type { GatewayRefusal } from "./refusals.ts";

/** What the gateway does with an operation of StackStorm. */
export type RouteClass =
  /** Whale answers by itself. */
  | { kind: "own"; what: "login" | "validate" | "user" }
  /** Read from the cluster that has the execution. */
  | { kind: "execution" }
  /** Read from the first cluster, by priority, that has it. */
  | { kind: "one" }
  /** One list over all clusters, newest first, by the field that says when. */
  | { kind: "by_time"; field: string; after: string; before: string }
  /** One list over all clusters, a row for each value of `key`; what differs between clusters is told. */
  | { kind: "by_key"; key: string; paged: boolean }
  /** The answers of all clusters put together. */
  | { kind: "joined"; what: "help" | "filters" | "inquiries" }
  /** One cluster's alone: it has to be named where there are several. */
  | { kind: "cluster" }
  /** Starts an action: asked of the run desk. */
  | { kind: "start"; what: "execution" | "rerun" | "alias" | "matched_alias" }
  /** Cancels, pauses or resumes a run. */
  | { kind: "control"; what: "put" | "delete" }
  | { kind: "stream"; what: "events" | "output" }
  /** Not let through, for a reason that a person can act on. */
  | { kind: "refused"; reason: GatewayRefusal };

/** One operation of StackStorm's API. */
export interface GatewayRoute {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** As its OpenAPI file writes it, `{name*}` taking slashes too. */
  path: string;
  class: RouteClass;
  /** What the caller must have; null where being known is enough, or where nobody needs to be. */
  right: Right | null;
}

const EXECUTION: RouteClass = { kind: "execution" };
const ONE: RouteClass = { kind: "one" };
const CLUSTER: RouteClass = { kind: "cluster" };
const STARTED: RouteClass = {
  ...{ kind: "by_time", field: "start_timestamp", after: "timestamp_gt", before: "timestamp_lt" },
};
const OCCURRED: RouteClass = { ...STARTED, field: "occurrence_time" };
const ENFORCED: RouteClass = {
  ...{ kind: "by_time", field: "enforced_at", after: "enforced_at_gt", before: "enforced_at_lt" },
};
/** StackStorm gives these in pages of a hundred unless it is asked for more. */
const paged = (key: string): RouteClass => ({ kind: "by_key", key, paged: true });
/** And these all at once. */
const whole = (key: string): RouteClass => ({ kind: "by_key", key, paged: false });
const refused = (reason: GatewayRefusal): RouteClass => ({ kind: "refused", reason });

type Line = [operation: string, what: RouteClass];

const OWN: Line[] = [
  ["POST /auth/v1/tokens", { kind: "own", what: "login" }],
  ["POST /auth/v1/tokens/validate", { kind: "own", what: "validate" }],
  ["GET /api/v1/user", { kind: "own", what: "user" }],
];

const NEVER: Line[] = [
  ["GET /auth/v1/sso", refused("sso")],
  ["GET /auth/v1/sso/request", refused("sso")],
  ["POST /auth/v1/sso/callback", refused("sso")],
  ["POST /api/v1/actions", refused("content")],
  ["PUT /api/v1/actions/{ref_or_id}", refused("content")],
  ["DELETE /api/v1/actions/{ref_or_id}", refused("content")],
  ["POST /api/v1/actions/{ref_or_id}/clone", refused("content")],
  ["POST /api/v1/actionalias", refused("content")],
  ["PUT /api/v1/actionalias/{ref_or_id}", refused("content")],
  ["DELETE /api/v1/actionalias/{ref_or_id}", refused("content")],
  ["PUT /api/v1/inquiries/{inquiry_id}", refused("inquiries")],
  ["PUT /api/v1/keys/{name}", refused("keys")],
  ["DELETE /api/v1/keys/{name}", refused("keys")],
  ["POST /api/v1/packs/install", refused("packs")],
  ["POST /api/v1/packs/uninstall", refused("packs")],
  ["POST /api/v1/packs/register", refused("packs")],
  ["PUT /api/v1/configs/{pack_ref}", refused("configs")],
  ["POST /api/v1/policies", refused("content")],
  ["PUT /api/v1/policies/{ref_or_id}", refused("content")],
  ["DELETE /api/v1/policies/{ref_or_id}", refused("content")],
  ["GET /api/v1/rbac/permission_types", refused("rbac")],
  ["GET /api/v1/rbac/permission_types/{resource_type}", refused("rbac")],
  ["GET /api/v1/rbac/roles", refused("rbac")],
  ["GET /api/v1/rbac/roles/{name_or_id}", refused("rbac")],
  ["GET /api/v1/rbac/role_assignments", refused("rbac")],
  ["GET /api/v1/rbac/role_assignments/{id}", refused("rbac")],
  ["POST /api/v1/rules", refused("rules")],
  ["PUT /api/v1/rules/{rule_ref_or_id}", refused("rules")],
  ["DELETE /api/v1/rules/{rule_ref_or_id}", refused("rules")],
  ["PUT /api/v1/runnertypes/{name_or_id}", refused("content")],
  ["PUT /api/v1/sensortypes/{ref_or_id}", refused("rules")],
  ["GET /api/v1/apikeys", refused("api_keys")],
  ["POST /api/v1/apikeys", refused("api_keys")],
  ["GET /api/v1/apikeys/{api_key_id_or_key}", refused("api_keys")],
  ["PUT /api/v1/apikeys/{api_key_id_or_key}", refused("api_keys")],
  ["DELETE /api/v1/apikeys/{api_key_id_or_key}", refused("api_keys")],
  ["POST /api/v1/triggertypes", refused("rules")],
  ["PUT /api/v1/triggertypes/{triggertype_ref_or_id}", refused("rules")],
  ["DELETE /api/v1/triggertypes/{triggertype_ref_or_id}", refused("rules")],
  ["POST /api/v1/triggers", refused("rules")],
  ["PUT /api/v1/triggers/{trigger_id}", refused("rules")],
  ["DELETE /api/v1/triggers/{trigger_id}", refused("rules")],
  ["POST /api/v1/triggerinstances/{trigger_instance_id}/re_emit", refused("re_emit")],
  ["POST /api/v1/webhooks/{hook*}", refused("webhooks")],
];

const TASKS: Line[] = [
  ["GET /api/v1/executions", STARTED],
  ["GET /api/v1/executions/{id}", EXECUTION],
  ["GET /api/v1/executions/{id}/output", EXECUTION],
  ["GET /api/v1/executions/{id}/attribute/{attribute}", EXECUTION],
  ["GET /api/v1/executions/{id}/children", EXECUTION],
  ["GET /api/v1/executions/{id}/result", EXECUTION],
  ["GET /api/v1/executions/views/filters", { kind: "joined", what: "filters" }],
  ["GET /api/v1/inquiries", { kind: "joined", what: "inquiries" }],
  ["GET /api/v1/inquiries/{inquiry_id}", EXECUTION],
  ["GET /api/v1/traces", STARTED],
  ["GET /api/v1/traces/{id}", ONE],
  ["GET /stream/v1/stream", { kind: "stream", what: "events" }],
  ["GET /stream/v1/executions/{id}/output", { kind: "stream", what: "output" }],
];

const CATALOG: Line[] = [
  ["GET /api/v1/", ONE],
  ["GET /api/v1/actions", whole("ref")],
  ["GET /api/v1/actions/{ref_or_id}", ONE],
  ["GET /api/v1/actions/views/parameters/{ref_or_id}", ONE],
  ["GET /api/v1/actions/views/overview", whole("ref")],
  ["GET /api/v1/actions/views/overview/{ref_or_id}", ONE],
  ["GET /api/v1/actions/views/entry_point/{ref_or_id}", ONE],
  ["GET /api/v1/actionalias", paged("ref")],
  ["GET /api/v1/actionalias/{ref_or_id}", ONE],
  ["POST /api/v1/actionalias/match", ONE],
  ["GET /api/v1/actionalias/help", { kind: "joined", what: "help" }],
  ["GET /api/v1/packs", paged("ref")],
  ["GET /api/v1/packs/{ref_or_id}", ONE],
  ["GET /api/v1/packs/index", CLUSTER],
  ["POST /api/v1/packs/index/search", CLUSTER],
  ["GET /api/v1/packs/index/health", CLUSTER],
  ["GET /api/v1/packs/views/files/{ref_or_id}", ONE],
  ["GET /api/v1/packs/views/file/{ref_or_id}/{file_path*}", ONE],
  ["GET /api/v1/keys", CLUSTER],
  ["GET /api/v1/keys/{name}", CLUSTER],
  ["GET /api/v1/configs", CLUSTER],
  ["GET /api/v1/configs/{pack_ref}", CLUSTER],
  ["GET /api/v1/config_schemas", paged("pack")],
  ["GET /api/v1/config_schemas/{pack_ref}", ONE],
  ["GET /api/v1/policytypes", paged("ref")],
  ["GET /api/v1/policytypes/{ref_or_id}", ONE],
  ["GET /api/v1/policies", paged("ref")],
  ["GET /api/v1/policies/{ref_or_id}", ONE],
  ["GET /api/v1/runnertypes", paged("name")],
  ["GET /api/v1/runnertypes/{name_or_id}", ONE],
  ["GET /api/v1/timers", CLUSTER],
  ["GET /api/v1/timers/{ref_or_id}", CLUSTER],
  ["GET /api/v1/service_registry/groups", CLUSTER],
  ["GET /api/v1/service_registry/groups/{group_id}/members", CLUSTER],
  ["POST /api/v1/workflows/inspect", CLUSTER],
];

const RULES: Line[] = [
  ["GET /api/v1/rules", whole("ref")],
  ["GET /api/v1/rules/{ref_or_id}", ONE],
  ["GET /api/v1/rules/views", whole("ref")],
  ["GET /api/v1/rules/views/{ref_or_id}", ONE],
  ["GET /api/v1/ruletypes", whole("name")],
  ["GET /api/v1/ruletypes/{id}", ONE],
  ["GET /api/v1/sensortypes", whole("ref")],
  ["GET /api/v1/sensortypes/{ref_or_id}", ONE],
  ["GET /api/v1/ruleenforcements", ENFORCED],
  ["GET /api/v1/ruleenforcements/views", ENFORCED],
  ["GET /api/v1/ruleenforcements/{id}", ONE],
  ["GET /api/v1/ruleenforcements/views/{id}", ONE],
  ["GET /api/v1/triggertypes", paged("ref")],
  ["GET /api/v1/triggertypes/{triggertype_ref_or_id}", ONE],
  ["GET /api/v1/triggers", whole("uid")],
  ["GET /api/v1/triggers/{trigger_id}", ONE],
  ["GET /api/v1/triggerinstances", OCCURRED],
  ["GET /api/v1/triggerinstances/{instance_id}", ONE],
  ["GET /api/v1/webhooks", CLUSTER],
  ["GET /api/v1/webhooks/{url*}", CLUSTER],
];

const STARTS: Line[] = [
  ["POST /api/v1/executions", { kind: "start", what: "execution" }],
  ["POST /api/v1/executions/{id}/re_run", { kind: "start", what: "rerun" }],
  ["POST /api/v1/aliasexecution", { kind: "start", what: "alias" }],
  ["POST /api/v1/aliasexecution/match_and_execute", { kind: "start", what: "matched_alias" }],
];

const CONTROLS: Line[] = [
  ["PUT /api/v1/executions/{id}", { kind: "control", what: "put" }],
  ["DELETE /api/v1/executions/{id}", { kind: "control", what: "delete" }],
];

/** What may ask for a run; a run that exists is controlled with `tasks.control`. */
export const RUN_RIGHT: Right = "tasks.run";

/** Every operation of StackStorm's API, as its OpenAPI file of 3.10dev lists them. */
export const GATEWAY_ROUTES: readonly GatewayRoute[] = [
  ...routesOf(OWN, null),
  ...routesOf(NEVER, null),
  ...routesOf(TASKS, "tasks.read"),
  ...routesOf(CATALOG, "clusters.read"),
  ...routesOf(RULES, "rules.read"),
  ...routesOf(STARTS, RUN_RIGHT),
  ...routesOf(CONTROLS, "tasks.control"),
];

function routesOf(lines: readonly Line[], right: Right | null): GatewayRoute[] {
  return lines.map(([operation, what]) => {
    const [method, path = ""] = operation.split(" ");
    return { method: method as GatewayRoute["method"], path, class: what, right };
  });
}
