import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import type { ActionParameter } from "../../../core/actions/index.ts";
import type { CatalogueEntry } from "../../../core/catalogue/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import { inScope, type Scope, scopeOf } from "../../../core/people/index.ts";
import type { ActionUse } from "../../../core/releases/index.ts";
import type { ActionCatalogue, CatalogueView } from "../../actions/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface ActionRouteDeps extends ApiDeps {
  catalogue: ActionCatalogue;
  clusters: () => readonly Cluster[];
}

const ALL = "/api/v1/actions";

/** What can be run over REST: from the clusters that the caller may see, with what they may see of its uses. */
export function actionRoutes(router: Router, deps: ActionRouteDeps): void {
  router.get(
    ALL,
    answering(deps.log, (ctx: RouterContext) => list(ctx, deps)),
  );
  router.get(
    `${ALL}/:ref`,
    answering(deps.log, (ctx: RouterContext) => one(ctx, deps)),
  );
}

interface Seen extends CatalogueView {
  caller: LetIn;
}

/** Null when the request has been answered. */
async function seenBy(ctx: RouterContext, deps: ActionRouteDeps, named?: string): Promise<Seen | null> {
  const caller = await deps.guard(ctx, "clusters.read", "some");
  if (caller.outcome === "answered") return null;
  const mine = deps.clusters().filter(({ name }) => inScope(caller.scope, { clusters: [name] }));
  const asked = mine.filter(({ name }) => named === undefined || name === named);
  return { caller, ...(await deps.catalogue.view(asked.map(({ name }) => name))) };
}

async function list(ctx: RouterContext, deps: ActionRouteDeps): Promise<void> {
  const query = queryReader(ctx.query);
  const [pack, cluster, text] = [query.text("pack"), query.text("cluster"), query.text("q")?.toLowerCase()];
  const seen = await seenBy(ctx, deps, cluster);
  if (!seen) return;
  const faults = query.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const wanted = seen.entries.filter(
    (entry) => (pack === undefined || entry.pack === pack) && (text === undefined || isAbout(entry, text)),
  );
  const uses = scopeOf(seen.caller.actor, "rules.read");
  ctx.body = { actions: wanted.map((entry) => shown(entry, uses)), silent: seen.silent };
}

function isAbout({ ref, about }: CatalogueEntry, text: string): boolean {
  return ref.toLowerCase().includes(text) || about.toLowerCase().includes(text);
}

async function one(ctx: RouterContext, deps: ActionRouteDeps): Promise<void> {
  const seen = await seenBy(ctx, deps);
  if (!seen) return;
  const { silent, caller } = seen;
  const found = seen.entries.find(({ ref }) => ref === ctx.params["ref"]);
  if (found) {
    ctx.body = { ...shown(found, scopeOf(caller.actor, "rules.read")), silent };
    return;
  }
  // What a silent cluster has is not known: it may be there.
  const message =
    silent.length === 0
      ? "没有集群有这个动作 (no cluster has this action)"
      : `应答的集群都没有这个动作，未应答 (no cluster that answers has it; silent): ${silent.map(({ cluster }) => cluster).join(" ")}`;
  refuseApi(ctx, 404, { code: "unknown_action", message, silent });
}

function shown({ parameters, uses, ...entry }: CatalogueEntry, scope: Scope) {
  return {
    ...entry,
    parameters: Object.fromEntries([...parameters].map(([name, one]) => [name, shownParameter(one)])),
    uses: uses.filter((use) => maySee(use, scope)).map(shownUse),
  };
}

/** What a secret is when nobody gives it is a secret too. */
function shownParameter({ preset, ...parameter }: ActionParameter) {
  return preset === undefined || parameter.secret ? parameter : { ...parameter, default: preset };
}

function shownUse({ kind, name, business, rule }: ActionUse) {
  return { kind, name, business, rule };
}

function maySee({ business, rule }: ActionUse, scope: Scope): boolean {
  const of = business === undefined ? {} : { business };
  return inScope(scope, rule === undefined ? of : { ...of, rule });
}
