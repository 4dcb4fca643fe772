import {
  nextReleaseDeed,
  type Release,
  type ReleaseDeed,
  releaseCluster,
  releaseCode,
  termsHash,
} from "../../core/releases/index.ts";
import { RELEASE_POINTS } from "../workers/index.ts";
import { canary, prove, register, remove, undrain } from "./content.ts";
import { look, set, watch } from "./images.ts";
import { type Done, failed, open, type ReleaseDeedDeps } from "./step.ts";

/** For so long others may be on their way back, so that draining strands nobody. */
const STRANDED_MS = 600_000;

/** Does what a release needs to have done now, and says how that moves it. Doing it again changes nothing. */
export async function releaseStep(release: Release, deps: ReleaseDeedDeps): Promise<Done> {
  const { state, clock } = deps;
  const drain = (await state.get("drain", releaseCluster(release)))?.body ?? null;
  const deed = nextReleaseDeed(release, { drain, nowMs: clock.nowMs() });
  passBy(release, `${deed.outcome}_doing`, deps);
  const done = await carryOut(release, deed, deps);
  passBy(release, `${deed.outcome}_done`, deps);
  return done;
}

function passBy({ stage }: Release, what: string, { onStep }: ReleaseDeedDeps): void {
  const name = `${stage === "back" ? "rollback" : "release"}_${what}`;
  const point = RELEASE_POINTS.find((one) => one === name);
  if (point !== undefined) onStep(point);
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
