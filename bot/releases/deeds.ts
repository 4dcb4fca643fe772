import { requestId } from "../../core/ids/index.ts";
import type {
  Clock,
  Executor,
  PackRegistry,
  RegisteredPack,
  Rollouts,
  StateStore,
} from "../../core/ports/index.ts";
import {
  canaryParams,
  lastAt,
  nextReleaseDeed,
  type Release,
  type ReleaseDeed,
  type ReleaseInput,
  type ReleaseTerms,
  type Role,
  releaseApprovers,
  releaseCluster,
  releaseCode,
  termsHash,
  vanishedOf,
} from "../../core/releases/index.ts";
import { CANARY_MS, type Drains } from "../clusters/index.ts";

/** What a set and a build of it would be released as now. */
export type TermsFound =
  | { outcome: "found"; terms: ReleaseTerms; title: string }
  | { outcome: "refused"; zh: string; en: string };

/** Makes terms; the newest finished build of the set where none is named. Throws when a cluster cannot be read. */
export type TermsFinder = (set: string, build: string | null) => Promise<TermsFound>;

export interface ReleaseDeedDeps {
  terms: TermsFinder;
  rollouts: Rollouts;
  registry: Pick<PackRegistry, "registered" | "register" | "remove">;
  executor: Pick<Executor, "canary" | "start" | "find">;
  drains: Pick<Drains, "order" | "lift">;
  state: StateStore;
  clock: Clock;
}

type Deed<K extends ReleaseDeed["outcome"]> = Extract<ReleaseDeed, { outcome: K }>;
/** Null: it is too early to say. */
type Done = ReleaseInput | null;

const STEPPED: ReleaseInput = { kind: "stepped" };
/** For so long others may be on their way back, so that draining strands nobody. */
const STRANDED_MS = 600_000;

/** Does what a release needs to have done now, and says how that moves it. Doing it again changes nothing. */
export async function releaseStep(release: Release, deps: ReleaseDeedDeps): Promise<Done> {
  const { state, clock } = deps;
  const drain = (await state.get("drain", releaseCluster(release)))?.body ?? null;
  return carryOut(release, nextReleaseDeed(release, { drain, nowMs: clock.nowMs() }), deps);
}

function carryOut(release: Release, deed: ReleaseDeed, deps: ReleaseDeedDeps): Promise<Done> | Done {
  switch (deed.outcome) {
    case "wait":
      return null;
    case "move":
      return { kind: deed.reason };
    case "fail":
      return failed(FAULTS[deed.reason](releaseCluster(release), deed.by));
    case "verify":
      return verify(release, deps);
    case "drain":
      return drain(release, deps);
    case "look":
      return look(release, deed, deps);
    case "set":
      return set(release, deed, deps);
    case "watch":
      return watch(release, deed, deps);
    case "register":
      return register(release, deed, deps);
    case "remove":
      return remove(release, deed, deps);
    case "prove":
      return prove(release, deed, deps);
    case "undrain":
      return undrain(release, deed, deps);
    case "canary":
      return canary(release, deed, deps);
    default:
      return deed satisfies never;
  }
}

const FAULTS = {
  drained_by_others: (cluster: string, by: string) =>
    `${cluster} 正由 ${by} 的升级或发布排空 (it is drained by an upgrade or a release of ${by})`,
  undrained: (cluster: string) => `有人让 ${cluster} 恢复了启动 (somebody lets ${cluster} take starts again)`,
  drain_late: (cluster: string) => `${cluster} 没有在期限内排空 (it was not empty in time)`,
} as const;

function failed(message: string): ReleaseInput {
  return { kind: "fail", message };
}

/** What is not known yet, unless its time is over. */
function open(isLate: boolean, message: string): Done {
  return isLate ? failed(`超时 (it took too long): ${message}`) : null;
}

/** What was approved is what is released: whatever differs now is asked for anew. */
async function verify(release: Release, { terms }: ReleaseDeedDeps): Promise<Done> {
  const found = await terms(release.set, release.image.build);
  if (found.outcome === "refused") return failed(`${found.zh} (${found.en})`);
  if (termsHash(found.terms) === release.hash) return { kind: "begin" };
  const why = "批准之后内容有变，请重新批准 (it has changed since it was approved: please approve anew)";
  return { kind: "void", terms: found.terms, why };
}

/** What has changed already has to be put in order, whoever is left without a cluster meanwhile. */
async function drain(release: Release, { drains, clock }: ReleaseDeedDeps): Promise<Done> {
  const { id, by, title, stage, since } = release;
  const cluster = releaseCluster(release);
  const why = `发布 release ${releaseCode(id)} ${title}`;
  const order = { forMs: null, atDeadline: "wait" as const, why, force: stage === "back", release: id };
  const answer = await drains.order(cluster, order, by);
  if (answer.outcome !== "refused") return null;
  if (answer.reason === "unknown_cluster") return failed(`没有集群 (there is no cluster) ${cluster}`);
  const isLate = clock.nowMs() - Date.parse(since) >= STRANDED_MS;
  const names = answer.businesses.join(" ");
  return open(isLate, `这些业务会没有可用的集群 (businesses would have no cluster left): ${names}`);
}

async function look(
  release: Release,
  { isLate, strategy }: Deed<"look">,
  deps: ReleaseDeedDeps,
): Promise<Done> {
  const { rollouts, registry, state } = deps;
  const cluster = releaseCluster(release);
  const parts = await rollouts.read(cluster, strategy);
  if (!parts.some(({ role }) => role === "workers"))
    return failed(`${cluster} 没有 worker (it has no workers)`);
  const { id, image } = release;
  for (const role of new Set(parts.map((part) => part.role))) {
    const order = { cluster, strategy, role, image: image.reference, release: id, dryRun: true };
    const said = await rollouts.set(order);
    if (said.outcome === "refused") return failed(`${cluster} ${role}: ${said.message}`);
    if (said.outcome !== "set") return open(isLate, `${cluster} ${role}: ${said.message}`);
  }
  const releases = (await state.list("release")).map(({ body }) => body);
  const before = lastAt(
    cluster,
    releases.filter((one) => one.set === release.set && one.id !== id),
  );
  const former = before?.places[cluster]?.stands === "new" ? before.packs : null;
  const refs = [...new Set([...release.packs, ...(former ?? [])].map(({ ref }) => ref))];
  const packs = await registry.registered(cluster, refs);
  const vanished = vanishedOf(release, { registered: packs, former });
  return { kind: "looked", parts, packs, vanished };
}

async function set(release: Release, deed: Deed<"set">, { rollouts }: ReleaseDeedDeps): Promise<Done> {
  const { parts, strategy, isLate, reason } = deed;
  const cluster = releaseCluster(release);
  for (const part of parts) {
    const said = await rollouts.set({ cluster, strategy, ...part });
    if (said.outcome === "refused") return failed(`${cluster} ${part.role}: ${said.message}`);
    if (said.outcome !== "set") return open(isLate, `${cluster} ${part.role}: ${said.message}`);
    const before = release.places[cluster]?.parts.filter(({ role }) => role === part.role) ?? [];
    const known = [part.image, ...before.map(({ image }) => image)];
    if (reason === "new" && !known.includes(said.before)) return failed(changedText(cluster, part.role));
  }
  return STEPPED;
}

function changedText(cluster: string, role: string): string {
  return `${cluster} ${role} 被别人改过 (somebody else has changed it meanwhile)`;
}

async function watch(release: Release, deed: Deed<"watch">, { rollouts }: ReleaseDeedDeps): Promise<Done> {
  const { parts, strategy, isLate } = deed;
  if (parts.length === 0) return STEPPED;
  const cluster = releaseCluster(release);
  for (const { role, image, release: mark } of parts) {
    const seen = await rollouts.state({ cluster, role, image, release: mark });
    if (seen.outcome === "done") continue;
    const where = `${cluster} ${role}`;
    if (seen.outcome === "open") return open(isLate, `${where}: ${seen.message}`);
    if (seen.outcome === "failed") return failed([`${where}: ${seen.message}`, ...seen.problems].join("; "));
    return open(isLate, [`${where} ${seen.ready}/${seen.wanted}`, ...seen.problems].join("; "));
  }
  const live = await rollouts.read(cluster, strategy);
  const isThere = (role: Role, image: string) => {
    const found = live.filter((one) => one.role === role);
    return found.length > 0 && found.every((one) => one.image === image);
  };
  const other = parts.find(({ role, image }) => !isThere(role, image));
  return other ? failed(changedText(cluster, other.role)) : STEPPED;
}

async function register(
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

async function remove(release: Release, deed: Deed<"remove">, { registry }: ReleaseDeedDeps): Promise<Done> {
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
async function prove(release: Release, deed: Deed<"prove">, deps: ReleaseDeedDeps): Promise<Done> {
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

/** The set's own canary. It is looked for by its request id first, so that a crash starts none twice. */
async function runCanary(release: Release, isLate: boolean, { executor }: ReleaseDeedDeps): Promise<Done> {
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
  const approvedBy = releaseApprovers(release);
  const parameters = canaryParams(release);
  const started = await executor.start({ ...request, parameters, taskId: release.id, approvedBy });
  if (started.outcome === "refused") return failed(`${action}: ${started.message}`);
  return open(
    isLate,
    started.outcome === "started" ? `${action} ${started.execution.status}` : started.message,
  );
}

async function undrain(release: Release, deed: Deed<"undrain">, { drains }: ReleaseDeedDeps): Promise<Done> {
  const cluster = releaseCluster(release);
  const answer = await drains.lift(cluster, release.by);
  if (answer.outcome === "undrained") return STEPPED;
  // Somebody else has ended the drain: the next look runs the canary without.
  return answer.reason === "not_drained" ? null : canaryFailed(deed, cluster, answer.message);
}

async function canary(release: Release, deed: Deed<"canary">, { executor }: ReleaseDeedDeps): Promise<Done> {
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
