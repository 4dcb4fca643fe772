import { isReachable } from "../../core/approvals/index.ts";
import { type Cluster, type Route, routed } from "../../core/clusters/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import { runTaskId } from "../../core/ids/index.ts";
import type { Masking } from "../../core/pages/index.ts";
import type { Policy } from "../../core/policies/index.ts";
import type {
  ActionCatalog,
  Clock,
  Journal,
  Logger,
  Metrics,
  TaskStore,
  ThrottleStore,
} from "../../core/ports/index.ts";
import { resolveApproval } from "../../core/rules/index.ts";
import {
  askedHash,
  fitRun,
  grantFor,
  type RunAnswer,
  type RunDesk,
  type RunGrant,
  type RunGrants,
  type RunLimits,
  type RunRequest,
  runWaitMs,
  runWish,
} from "../../core/runs/index.ts";
import type { FittedRun, MachineSettings, Task } from "../../core/tasks/index.ts";
import { type RunAccessDeps, runDenial } from "./authorise.ts";
import { makeRun } from "./make.ts";
import { placesOf, type ReadSchemas, schemaReader } from "./schemas.ts";
import {
  noActionWords,
  noGrantWords,
  onlyAskerWords,
  refuse,
  tooManyWords,
  uncheckedWords,
} from "./words.ts";

/** The configuration in force that requests are held against. */
interface RunsInForce extends ReturnType<RunAccessDeps["inForce"]> {
  grants: readonly RunGrant[];
  policies: readonly Policy[];
  clusters: readonly Cluster[];
  routes: readonly Route[];
}

export interface RunDeskDeps extends RunAccessDeps {
  inForce: () => RunsInForce;
  catalog: Pick<ActionCatalog, "readAction">;
  journal: Pick<Journal, "append">;
  tasks: Pick<TaskStore, "get" | "make">;
  /** Shared by all processes: how many each person and token has asked for. */
  throttle: Pick<ThrottleStore, "take">;
  limits: RunLimits;
  masking: Masking;
  settings: MachineSettings;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** Takes runs that people ask for, by the grants in force. */
export function createRunDesk(deps: RunDeskDeps): RunDesk & RunGrants {
  const readSchemas = schemaReader(deps);
  return {
    ask: async (request) => {
      const answer = await ask(request, { ...deps, readSchemas });
      const { action, by, via } = request;
      const reason = answer.outcome === "made" ? "made" : answer.reason;
      deps.metrics.count("runs_asked", { via, outcome: reason });
      const task = answer.outcome === "made" ? { taskId: answer.task.id } : {};
      deps.log.info({ action, by, via, reason, ...task }, "run asked for");
      return answer;
    },
    usableBy: async (by) => {
      const { grants } = deps.inForce();
      const denials = await Promise.all(grants.map((grant) => runDenial(by, grant, deps)));
      return grants.filter((_, at) => denials[at] === null);
    },
  };
}

type Asking = RunDeskDeps & { readSchemas: ReadSchemas };

async function ask(request: RunRequest, deps: Asking): Promise<RunAnswer> {
  const known = await deps.tasks.get(runTaskId(request));
  if (known) return sameAgain(request, known);
  const tooSoon = await tooMany(request, deps);
  if (tooSoon) return tooSoon;
  const { grants } = deps.inForce();
  const grant = grantFor(grants, request.action);
  if (!grant) return refuse("no_grant", noGrantWords(request.action));
  const refusal = await refusalOf(request, grant, deps);
  if (refusal) return refusal;
  const fitted = await fit(request, grant, deps);
  return "outcome" in fitted ? fitted : made(request, fitted, deps);
}

/** What cannot be checked is not put off: who asks would ask again, and then both would be made. */
async function refusalOf({ by }: RunRequest, grant: RunGrant, deps: Asking): Promise<Refused | null> {
  try {
    const denial = await runDenial(by, grant, deps);
    return denial ? refuse("not_allowed", denial) : null;
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    deps.log.warn({ by, code: error.code, reason: error.message }, "who asks for a run cannot be looked up");
    return refuse("directory_unavailable", uncheckedWords(grant));
  }
}

/** Counted whether they are made or refused: each is looked up in stores and on clusters. */
async function tooMany(request: RunRequest, { throttle, limits, clock }: Asking): Promise<Refused | null> {
  const nowMs = clock.nowMs();
  const [grant] = await throttle.take([runWish(request, limits, nowMs)]);
  const retryAfterMs = runWaitMs(grant, nowMs);
  return retryAfterMs > 0 ? refuse("too_many", tooManyWords(retryAfterMs), { retryAfterMs }) : null;
}

async function made(request: RunRequest, run: FittedRun, deps: Asking): Promise<RunAnswer> {
  const task = await makeRun(request, run, deps);
  return sameAgain(request, task);
}

/** The same request has its task; a key that asked for something else is no such request. */
function sameAgain(request: RunRequest, task: Task): RunAnswer {
  const { origin } = task;
  if (origin.kind === "run" && origin.asked === askedHash(request)) return { outcome: "made", task };
  return refuse("key_reused", {
    zh: "这个 key 已用于另一个请求，请换一个",
    en: "this key has asked for something else before: use another",
  });
}

type Refused = Extract<RunAnswer, { outcome: "refused" }>;

/** Everything that must hold before there can be a task. */
async function fit(request: RunRequest, grant: RunGrant, deps: Asking): Promise<FittedRun | Refused> {
  const { action, by, parameters } = request;
  const { clusters, routes, policies } = deps.inForce();
  const {
    clusters: allowed,
    reserve,
    packs,
  } = routed({ clusters, routes }, { business: grant.business, action, event: null });
  if (allowed.length === 0) return refuse("no_allowed_cluster", noClusterWords(grant));
  const gate = resolveApproval(grant.approval, action, { nowMs: deps.clock.nowMs(), policies });
  if (gate.outcome === "void") return refuse("policy_void", voidWords(grant, gate.message));
  const { approval } = gate;
  const isAlone = approval.mode === "people" && !isReachable(approval, new Set([by]));
  if (isAlone) return refuse("not_allowed", onlyAskerWords(grant));
  const places = await placesOf(action, allowed, deps.readSchemas);
  if (places.length === 0) return refuse("unknown_action", noActionWords(action, allowed));
  const fitted = fitRun(parameters, grant, places);
  if (fitted.outcome === "misfits") {
    const schema = places.find((place) => place.schema !== undefined)?.schema;
    return refuse("bad_parameters", fitted.words, schema ? { schema } : {});
  }
  const { params, targets, secretParams } = fitted;
  const byName = Object.keys(params).filter(deps.masking.isSecretKey);
  const secrets = [...new Set([...secretParams, ...byName])].sort();
  const names = places.map(({ cluster }) => cluster);
  const spare = reserve.filter((cluster) => names.includes(cluster));
  return {
    ...{ grant, params, targets, secretParams: secrets, clusters: names, approval },
    ...(spare.length > 0 ? { reserve: spare } : {}),
    ...(packs ? { packs } : {}),
  };
}

function noClusterWords({ business }: RunGrant) {
  return { zh: `没有集群服务业务 ${business}`, en: `no cluster serves the business ${business}` };
}

function voidWords({ id }: RunGrant, why: string) {
  return {
    zh: `runs.yaml 的 ${id} 引用的策略现在无效：${why}；请重新批准策略（whale policies approve）`,
    en: `the policy of ${id} in runs.yaml is void: ${why}; approve it again (whale policies approve)`,
  };
}
