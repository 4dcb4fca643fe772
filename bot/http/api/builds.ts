import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { inScope } from "../../../core/people/index.ts";
import { type Build, isOver, type PackLock, type PackSet } from "../../../core/releases/index.ts";
import type { Builds } from "../../releases/builds/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

/** Pack sets and their locks as they are now. */
export interface PackSources {
  setOf: (id: string) => PackSet | null;
  lockOf: (set: string) => Promise<{ outcome: "read"; lock: PackLock } | { outcome: "absent" } | Refused>;
}

interface Refused {
  outcome: "refused";
  message: string;
}

export interface BuildRouteDeps extends ApiDeps {
  builds: Builds;
  packs: PackSources;
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: BuildRouteDeps) => Promise<void>;

const ALL = "/api/v1/builds";
const ONE = `${ALL}/:id`;

/** Builds over REST: list, order one, look, its log and its bill of materials, cancel. */
export function buildRoutes(router: Router, deps: BuildRouteDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.post(ALL, answered(create));
  router.get(ONE, answered(show));
  router.get(`${ONE}/log`, answered(log));
  router.get(`${ONE}/sbom`, answered(sbom));
  router.post(`${ONE}/cancel`, answered(cancel));
}

/** A set is everything that it may come to; of one that is gone nothing is known. */
function objectOf(set: string, { packs }: BuildRouteDeps) {
  return { clusters: packs.setOf(set)?.clusters ?? [] };
}

async function list(ctx: RouterContext, deps: BuildRouteDeps): Promise<void> {
  const caller = await deps.guard(ctx, "packs.read", "some");
  if (caller.outcome === "answered") return;
  const builds = await deps.builds.list();
  ctx.body = { builds: builds.filter(({ set }) => inScope(caller.scope, objectOf(set, deps))).map(headOf) };
}

/** Without the lock, which is long. */
function headOf({ lock: _, image, problems = [], told: __, ...head }: Build) {
  const { lock: ___, ...made } = image ?? {};
  return { ...head, problems, image: image ? made : null };
}

async function create(ctx: RouterContext, deps: BuildRouteDeps): Promise<void> {
  const caller = await deps.guard(ctx, "packs.build", "some");
  if (caller.outcome === "answered") return;
  const body = await jsonBody(ctx, deps.readJson);
  if (!body) return;
  const id = typeof body["set"] === "string" ? body["set"] : "";
  const set = deps.packs.setOf(id);
  if (!caller.permits({ clusters: set?.clusters ?? [] })) return;
  if (!set) {
    const message = `没有这个共享 Pack (there is no such pack set): ${id.slice(0, 100)}`;
    return refuseApi(ctx, 404, { code: "unknown_set", message });
  }
  const locked = await deps.packs.lockOf(id);
  if (locked.outcome === "refused") return refuseApi(ctx, 422, { code: "bad_lock", message: locked.message });
  if (locked.outcome === "absent") {
    const message = `没有锁，先执行 whale packs lock ${id} (there is no lock yet, run it first)`;
    return refuseApi(ctx, 409, { code: "not_locked", message });
  }
  const build = await deps.builds.order(set, locked.lock, caller.who);
  ctx.set("Location", `${ALL}/${build.id}`);
  ctx.status = 202;
  ctx.body = headOf(build);
}

/** The build of the address; null when the request has been answered. */
async function buildOf(ctx: RouterContext, caller: LetIn, deps: BuildRouteDeps): Promise<Build | null> {
  const id = ctx.params["id"] ?? "";
  const build = await deps.builds.get(id);
  if (build) return caller.permits(objectOf(build.set, deps)) ? build : null;
  refuseApi(ctx, 404, {
    code: "unknown_build",
    message: `没有这次构建 (no such build): ${id.slice(0, 100)}`,
  });
  return null;
}

async function readable(ctx: RouterContext, deps: BuildRouteDeps): Promise<Build | null> {
  const caller = await deps.guard(ctx, "packs.read", "some");
  return caller.outcome === "answered" ? null : buildOf(ctx, caller, deps);
}

async function show(ctx: RouterContext, deps: BuildRouteDeps): Promise<void> {
  const build = await readable(ctx, deps);
  if (build) ctx.body = { ...headOf(build), lock: build.lock };
}

/** What is here of a build is on the disk of the process that ran it. */
function elsewhere(ctx: RouterContext, { worker, stage }: Build): void {
  const where = worker === undefined ? "" : `：${worker}`;
  const message =
    stage === "queued"
      ? "还没有开始 (it has not begun)"
      : `不在这个进程的磁盘上，在构建它的进程上 (not on this process's disk, but with the one that built it)${where}`;
  refuseApi(ctx, 404, { code: "not_here", message });
}

async function log(ctx: RouterContext, deps: BuildRouteDeps): Promise<void> {
  const build = await readable(ctx, deps);
  if (!build) return;
  const follows = ctx.query["follow"] === "1" && !isOver(build);
  if (!follows && (await deps.builds.log(build.id, 0)) === null) return elsewhere(ctx, build);
  ctx.type = "text/plain; charset=utf-8";
  ctx.set("X-Content-Type-Options", "nosniff");
  // A proxy in between must pass each piece on.
  ctx.set("X-Accel-Buffering", "no");
  const stream = Readable.from(piecesOf(build.id, { follows, gone: () => ctx.res.destroyed }, deps.builds));
  // A reader who takes a part for the whole would be wrong.
  stream.on("error", () => ctx.res.destroy());
  ctx.body = stream;
}

const LOOK_MS = 500;

/** A log by pieces, of one that is followed until the build is over. */
async function* piecesOf(
  id: string,
  { follows, gone }: { follows: boolean; gone: () => boolean },
  builds: Builds,
): AsyncGenerator<string> {
  let from = 0;
  while (!gone()) {
    // Asked first: what is written between the two is read in the next round.
    const build = follows ? await builds.get(id) : null;
    const piece = await builds.log(id, from);
    if (piece && piece.text !== "") {
      from = piece.next;
      yield piece.text;
    } else if (!build || isOver(build)) return;
    else await pause(LOOK_MS);
  }
}

async function sbom(ctx: RouterContext, deps: BuildRouteDeps): Promise<void> {
  const build = await readable(ctx, deps);
  if (!build) return;
  const bill = await deps.builds.bill(build.id);
  if (bill === null) return elsewhere(ctx, build);
  ctx.type = "application/vnd.cyclonedx+json; charset=utf-8";
  ctx.attachment(`${build.set}-${build.id}.cdx.json`);
  ctx.body = bill;
}

async function cancel(ctx: RouterContext, deps: BuildRouteDeps): Promise<void> {
  const caller = await deps.guard(ctx, "packs.build", "some");
  if (caller.outcome === "answered") return;
  const found = await buildOf(ctx, caller, deps);
  if (!found) return;
  const answer = await deps.builds.cancel(found.id, caller.who);
  if (answer.outcome !== "refused") {
    ctx.status = answer.outcome === "canceled" ? 200 : 202;
    ctx.body = headOf(answer.build);
    return;
  }
  refuseApi(ctx, 409, { code: answer.reason, message: "构建已经结束 (this build is over)" });
}
