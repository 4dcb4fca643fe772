import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import {
  type ClusterWords,
  ORDER_FAULTS,
  readDrainOrder,
  UPGRADE_DEEDS,
  UPGRADE_FAULTS,
  UPGRADE_REFUSALS,
  type Upgrade,
} from "../../../core/clusters/index.ts";
import type { Json } from "../../../core/ids/index.ts";
import { obstacleWords, takenWords, type Upgrades } from "../../clusters/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface UpgradeDeps extends ApiDeps {
  fleet: { readonly upgrades: Upgrades };
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: UpgradeDeps) => Promise<void>;

const ALL = "/api/v1/upgrades";
/** Approved it is in chat: a token does not prove that a person is there. */
const DEEDS = UPGRADE_DEEDS.filter((deed) => deed !== "approve");

/** The upgrade over clusters over REST: how it stands, asking for one, going on with it. */
export function upgradeRoutes(router: Router, deps: UpgradeDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(show));
  router.post(ALL, answered(ask));
  router.post(`${ALL}/:id/:deed`, answered(act));
}

async function show(ctx: RouterContext, { guard, fleet }: UpgradeDeps): Promise<void> {
  const caller = await guard(ctx, "clusters.read", "some");
  if (caller.outcome === "answered") return;
  const upgrade = await fleet.upgrades.current();
  if (upgrade && !caller.permits({ clusters: upgrade.clusters })) return;
  ctx.body = { upgrade: upgrade && shown(upgrade) };
}

/** Without the keys of messages that it came by. */
function shown(upgrade: Upgrade) {
  const { last: _last, told: _told, cards: _cards, ...facts } = upgrade;
  return facts;
}

function refuse(ctx: RouterContext, status: number, { code, words }: { code: string; words: ClusterWords }) {
  refuseApi(ctx, status, { code, message: `${words.zh} (${words.en})` });
}

/** The names of clusters in a body; null when it has none. */
function clustersOf(given: Json | undefined): string[] | null {
  if (!Array.isArray(given) || given.length === 0) return null;
  const names = given.filter((name) => typeof name === "string" && name !== "") as string[];
  return names.length === given.length ? [...new Set(names)] : null;
}

async function ask(ctx: RouterContext, deps: UpgradeDeps): Promise<void> {
  const caller = await deps.guard(ctx, "clusters.write", "some");
  if (caller.outcome === "answered") return;
  const body = await jsonBody(ctx, deps.readJson);
  if (!body) return;
  const clusters = clustersOf(body["clusters"]);
  if (!clusters) return refuse(ctx, 422, { code: "no_cluster", words: ORDER_FAULTS.no_cluster });
  if (!caller.permits({ clusters })) return;
  const read = readDrainOrder(body);
  if (read.outcome === "refused") {
    return refuse(ctx, 422, { code: read.fault, words: ORDER_FAULTS[read.fault] });
  }
  const answer = await deps.fleet.upgrades.ask({ clusters, order: read.order, by: caller.who });
  if (answer.outcome === "refused") {
    return refuse(ctx, 409, { code: answer.reason, words: obstacleWords(answer) });
  }
  ctx.status = 201;
  ctx.body = { upgrade: shown(answer.upgrade) };
}

async function act(ctx: RouterContext, deps: UpgradeDeps): Promise<void> {
  const caller = await deps.guard(ctx, "clusters.write", "some");
  if (caller.outcome === "answered") return;
  const { deed: wanted } = ctx.params;
  if (wanted === "approve") return refuse(ctx, 409, { code: "no_person", words: UPGRADE_REFUSALS.no_person });
  const deed = DEEDS.find((one) => one === wanted);
  const upgrade = await deps.fleet.upgrades.current();
  if (!deed || !upgrade) return refuse(ctx, 404, { code: "no_such", words: UPGRADE_FAULTS.no_such("") });
  if (!caller.permits({ clusters: upgrade.clusters })) return;
  const body = await jsonBody(ctx, deps.readJson);
  if (!body) return;
  const { why, since } = body;
  const taken = await deps.fleet.upgrades.take({
    ...{ id: ctx.params["id"] ?? "", deed, by: caller.who },
    ...(typeof why === "string" ? { why: why.slice(0, 200) } : {}),
    ...(typeof since === "string" ? { since } : {}),
  });
  if (taken.outcome !== "refused") {
    ctx.body = { upgrade: shown(taken.upgrade) };
    return;
  }
  refuse(ctx, taken.reason === "no_such" ? 404 : 409, { code: taken.reason, words: takenWords(taken) });
}
