import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { type Actor, inScope } from "../../../core/people/index.ts";
import type { Clock, Ids } from "../../../core/ports/index.ts";
import {
  RELEASE_DEEDS,
  RELEASE_REFUSALS,
  type Release,
  releaseApprovers,
  releaseDiff,
} from "../../../core/releases/index.ts";
import {
  doWithRelease,
  maySeeRelease,
  type ReleaseDecideDeps,
  type Releases,
  releaseAskedWords,
  releaseDoneWords,
} from "../../releases/index.ts";
import { answering, refuseApi } from "./answers.ts";
import { type AccessDeps, type ApiDeps, whoCalls } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface ReleaseDeps extends ApiDeps, Omit<ReleaseDecideDeps, "releases"> {
  access: AccessDeps;
  /** Null where nothing can be released. */
  releases: Releases | null;
  /** Clusters that a set would be released to; null where there is no such set. */
  clustersOf: (set: string) => readonly string[] | null;
  readJson: ReadJson;
  ids: Ids;
  clock: Clock;
}

type Ready = ReleaseDeps & { releases: Releases };
type Handler = (ctx: RouterContext, deps: Ready) => Promise<void>;

const ALL = "/api/v1/releases";
const MAX_WHY = 200;

/** Releases over REST: history, asking, deciding, going back, drift, differences. */
export function releaseRoutes(router: Router, deps: ReleaseDeps): void {
  const answered = (handler: Handler) =>
    answering(deps.log, async (ctx: RouterContext) => {
      const { releases } = deps;
      if (releases) return handler(ctx, { ...deps, releases });
      // Who may not is told so first, as everywhere.
      const caller = await deps.guard(ctx, "releases.read", "some");
      if (caller.outcome === "answered") return;
      refuse(ctx, 409, { code: "no_target", zh: "没有集群配置了发布目标", en: "no cluster takes releases" });
    });
  router.get(ALL, answered(list));
  router.post(ALL, answered(ask));
  router.get(`${ALL}/drift`, answered(drift));
  router.get(`${ALL}/:id`, answered(one));
  router.get(`${ALL}/:id/diff/:other`, answered(diff));
  router.post(`${ALL}/:id/:deed`, answered(act));
}

function refuse(
  ctx: RouterContext,
  status: number,
  { code, zh, en }: { code: string; zh: string; en: string },
): void {
  refuseApi(ctx, status, { code, message: `${zh} (${en})` });
}

/** Without the keys of messages that it came by. */
function shown(release: Release) {
  const { last: _last, told: _told, key: _key, ...facts } = release;
  return { ...facts, approvedBy: releaseApprovers(release) };
}

/** What lists show: without plan, content and what was there before. */
function brief(release: Release) {
  const { id, set, title, by, at, why, stage, step, index, since, clusters, image, problem } = release;
  const stands = Object.fromEntries(clusters.map((name) => [name, release.places[name]?.stands ?? null]));
  const { build, digest, reference } = image;
  return {
    ...{ id, set, title, by, at, why, stage, step, index, since, clusters, stands, problem },
    ...{ build, digest, reference, approvedBy: releaseApprovers(release) },
  };
}

async function list(ctx: RouterContext, { guard, releases }: Ready): Promise<void> {
  const caller = await guard(ctx, "releases.read", "some");
  if (caller.outcome === "answered") return;
  const seen = (await releases.list()).filter((release) => maySeeRelease(caller.actor, release));
  ctx.body = { releases: seen.map(brief) };
}

/** Null when the request has been answered. What its caller may not see is as if it were not there. */
async function releaseOf(
  ctx: RouterContext,
  { id, actor }: { id: string; actor: Actor },
  { releases }: Ready,
): Promise<Release | null> {
  const found = await releases.find(id);
  if (found && maySeeRelease(actor, found)) return found;
  refuse(ctx, 404, { code: "no_such", ...RELEASE_REFUSALS.no_such });
  return null;
}

async function one(ctx: RouterContext, deps: Ready): Promise<void> {
  const caller = await deps.guard(ctx, "releases.read", "some");
  if (caller.outcome === "answered") return;
  const release = await releaseOf(ctx, { id: ctx.params["id"] ?? "", actor: caller.actor }, deps);
  if (release) ctx.body = { release: shown(release) };
}

async function diff(ctx: RouterContext, deps: Ready): Promise<void> {
  const caller = await deps.guard(ctx, "releases.read", "some");
  if (caller.outcome === "answered") return;
  const { actor } = caller;
  const from = await releaseOf(ctx, { id: ctx.params["id"] ?? "", actor }, deps);
  const to = from && (await releaseOf(ctx, { id: ctx.params["other"] ?? "", actor }, deps));
  if (from && to) ctx.body = { diff: releaseDiff(from, to) };
}

async function drift(ctx: RouterContext, { guard, releases }: Ready): Promise<void> {
  const caller = await guard(ctx, "releases.read", "some");
  if (caller.outcome === "answered") return;
  const all = await releases.drift.look();
  ctx.body = { drift: all.filter(({ cluster }) => inScope(caller.scope, { clusters: [cluster] })) };
}

async function ask(ctx: RouterContext, deps: Ready): Promise<void> {
  const caller = await deps.guard(ctx, "releases.write", "some");
  if (caller.outcome === "answered") return;
  const body = await jsonBody(ctx, deps.readJson);
  if (!body) return;
  const { set, build, why = "", key } = body;
  if (
    typeof set !== "string" ||
    (build !== undefined && typeof build !== "string") ||
    typeof why !== "string"
  ) {
    return refuse(ctx, 422, {
      code: "no_set",
      zh: "请写明 set，可带 build 和 why",
      en: "set, and build and why as texts",
    });
  }
  const clusters = deps.clustersOf(set);
  if (clusters === null)
    return refuse(ctx, 404, { code: "unknown_set", zh: "没有这个共享 Pack", en: "no such pack set" });
  if (!caller.permits({ clusters })) return;
  const asked = await deps.releases.ask({
    ...{ set, by: caller.who, why: why.slice(0, MAX_WHY) },
    ...(build === undefined ? {} : { build }),
    ...(typeof key === "string" ? { key: `rest:${caller.who}:${key.slice(0, MAX_WHY)}` } : {}),
  });
  if (asked.outcome === "refused")
    return refuse(ctx, 409, { code: asked.reason, ...releaseAskedWords(asked) });
  ctx.status = asked.outcome === "asked" ? 201 : 200;
  ctx.body = { release: shown(asked.release) };
}

/** Whoever is asked to approve needs no right beside that, so that who calls is asked for alone. */
async function act(ctx: RouterContext, deps: Ready): Promise<void> {
  const actor = await whoCalls(ctx, deps.access);
  if (!actor) return;
  const deed = RELEASE_DEEDS.find((name) => name === ctx.params["deed"]);
  if (!deed) return refuse(ctx, 404, { code: "no_such", ...RELEASE_REFUSALS.no_such });
  const body = await jsonBody(ctx, deps.readJson);
  if (!body) return;
  const { why, since } = body;
  const done = await doWithRelease(
    {
      ...{
        id: ctx.params["id"] ?? "",
        deed,
        actor,
        atMs: deps.clock.nowMs(),
        key: `rest:${deps.ids.ulid()}`,
      },
      why: typeof why === "string" ? why.slice(0, MAX_WHY) : "",
      ...(typeof since === "string" ? { since } : {}),
    },
    deps,
  );
  if (done.outcome === "denied") return refuse(ctx, 403, { code: "denied", ...releaseDoneWords(done) });
  if (done.outcome !== "refused") {
    ctx.body = { release: shown(done.release) };
    return;
  }
  refuse(ctx, done.reason === "no_such" ? 404 : 409, { code: done.reason, ...releaseDoneWords(done) });
}
