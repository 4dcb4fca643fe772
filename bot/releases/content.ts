import { requestId } from "../../core/ids/index.ts";
import type { Clock, Executor, RegisteredPack, StateStore } from "../../core/ports/index.ts";
import { canaryParams, type Release, releaseApprovers, releaseCluster } from "../../core/releases/index.ts";
import { CANARY_MS } from "../clusters/index.ts";
import { type Deed, type Done, failed, open, type ReleaseDeedDeps, STEPPED } from "./step.ts";

/** Has the cluster read the packs anew, from the files that its API has by now. */
export async function register(
  release: Release,
  deed: Deed<"register">,
  { registry }: ReleaseDeedDeps,
): Promise<Done> {
  if (deed.packs.length === 0) return STEPPED;
  const cluster = releaseCluster(release);
  const said = await registry.register(cluster, deed.packs);
  if (said.outcome === "registered") return STEPPED;
  if (said.outcome === "open") return open(deed.isLate, `${cluster}: ${said.message}`);
  return failed(
    [`${cluster} 注册失败 (registering failed)`, said.pack, said.message].filter(Boolean).join(": "),
  );
}

/** Registering removes nothing, so that what is gone is removed by name. */
export async function remove(
  release: Release,
  deed: Deed<"remove">,
  { registry }: ReleaseDeedDeps,
): Promise<Done> {
  const cluster = releaseCluster(release);
  for (const thing of deed.things) {
    const said = await registry.remove(cluster, thing);
    if (said.outcome === "removed") continue;
    const message = `${cluster} ${thing.kind} ${thing.ref}: ${said.message}`;
    return said.outcome === "open" ? open(deed.isLate, message) : failed(message);
  }
  return STEPPED;
}

/** The cluster knows the packs in their versions, and an action of them runs. */
export async function prove(release: Release, deed: Deed<"prove">, deps: ReleaseDeedDeps): Promise<Done> {
  const cluster = releaseCluster(release);
  const found = await deps.registry.registered(
    cluster,
    deed.packs.map(({ ref }) => ref),
  );
  const other = deed.packs.find(({ ref, version }) => versionOf(ref, found) !== version);
  if (other) {
    const has = versionOf(other.ref, found) ?? "-";
    return failed(`${cluster} ${other.ref}: ${has}, 应为 (wanted) ${other.version}`);
  }
  return deed.reason === "new" && release.canary ? runCanary(release, deed.isLate, deps) : STEPPED;
}

function versionOf(ref: string, packs: readonly RegisteredPack[]): string | undefined {
  return packs.find((pack) => pack.ref === ref)?.version;
}

const UNFINISHED = [
  "requested",
  "scheduled",
  "delayed",
  "running",
  "pending",
  "resuming",
  "pausing",
  "canceling",
];

/**
 * For so long an engine may go on with a start whose answer was lost, so that not finding it proves nothing
 * (reference/stackstorm.md section 9, point 4).
 */
const START_WINDOW_MS = 180_000;

/**
 * The set's own canary. It is looked for by its request id first, and that it is asked for is kept before it is, so
 * that neither a crash nor a lost answer starts it twice.
 */
async function runCanary(release: Release, isLate: boolean, deps: ReleaseDeedDeps): Promise<Done> {
  const { executor } = deps;
  const cluster = releaseCluster(release);
  const sinceMs = Date.parse(release.since);
  const action = release.canary?.action ?? "";
  const request = { cluster, action, requestId: requestId(release.id, sinceMs) };
  const found = await executor.find({ ...request, sinceMs });
  if (found.outcome === "found") {
    const { status } = found.execution;
    if (status === "succeeded") return STEPPED;
    return UNFINISHED.includes(status) ? open(isLate, `${action} ${status}`) : failed(`${action}: ${status}`);
  }
  if (found.outcome === "unreachable") return open(isLate, found.message);
  const intent = await intend(request, deps);
  if (intent === null) return open(isLate, `${action} 的启动没有回音 (its start was not answered)`);
  const approvedBy = releaseApprovers(release);
  const parameters = canaryParams(release);
  const started = await executor.start({ ...request, parameters, taskId: release.id, approvedBy });
  if (started.outcome === "not_sent") await deps.state.remove("canary_start", cluster, intent);
  if (started.outcome === "refused") return failed(`${action}: ${started.message}`);
  return open(
    isLate,
    started.outcome === "started" ? `${action} ${started.execution.status}` : started.message,
  );
}

type CanaryRequest = Pick<Parameters<Executor["start"]>[0], "cluster" | "requestId">;

/** Keeps that a start is asked for now; the revision, or null while one that was asked for before may still come. */
async function intend(
  { cluster, requestId: request }: CanaryRequest,
  { state, clock }: { state: StateStore; clock: Clock },
): Promise<number | null> {
  const before = await state.get("canary_start", cluster);
  const nowMs = clock.nowMs();
  const isSame = before?.body.request === request;
  if (before && isSame && nowMs - Date.parse(before.body.at) < START_WINDOW_MS) return null;
  const body = { request, at: new Date(nowMs).toISOString() };
  const expected = before?.revision ?? null;
  const put = await state.put({ kind: "canary_start", name: cluster, expected, body });
  return put.outcome === "stored" ? put.document.revision : null;
}

/** Lets the cluster take starts again, once its canary has passed. */
export async function undrain(
  release: Release,
  deed: Deed<"undrain">,
  { drains }: ReleaseDeedDeps,
): Promise<Done> {
  const cluster = releaseCluster(release);
  const answer = await drains.lift(cluster, release.by);
  if (answer.outcome === "undrained") return STEPPED;
  // Somebody else has ended the drain: the next look runs the canary without.
  return answer.reason === "not_drained" ? null : canaryFailed(deed, cluster, answer.message);
}

/** The canary alone, where the drain is somebody else's. */
export async function canary(
  release: Release,
  deed: Deed<"canary">,
  { executor }: ReleaseDeedDeps,
): Promise<Done> {
  const cluster = releaseCluster(release);
  const answer = await executor.canary(cluster, CANARY_MS);
  return answer.outcome === "passed" ? STEPPED : canaryFailed(deed, cluster, answer.message);
}

/** Forward one failure is enough; backward there is nowhere else to go, so that it is tried for a while. */
function canaryFailed(
  { reason, isLate }: Deed<"undrain" | "canary">,
  cluster: string,
  message: string,
): Done {
  const text = `${cluster} 试运行没有成功 (its canary failed): ${message}`;
  return reason === "new" ? failed(text) : open(isLate, text);
}
