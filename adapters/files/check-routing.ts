import {
  admits,
  allowedClusters,
  type Cluster,
  isSelected,
  type Route,
  type Routing,
  shadowing,
} from "../../core/clusters/index.ts";
import { checkPackNeeds } from "./check-packs.ts";
import { checkUnique } from "./check-people.ts";
import { contentOf, type Drafts, namesOf, ofKind, shapeProblems } from "./drafts.ts";
import type { Path } from "./home-file.ts";
import { type Located, problemAt } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { readRoutes, selectorOf, selectorsOf } from "./read-routing.ts";
import { unknownWords } from "./unknown-words.ts";

/** What can be said of routing.yaml alone. */
export function checkRouting(located: Located): Problem[] {
  const routes = itemsAt(located, ["routes"]);
  return [
    ...checkUnique(located, routes, "name"),
    ...routes.flatMap((route) => checkSelectors(located, route)),
    ...routes.flatMap((route) => checkPackNeeds(located, [...route, "packs"])),
    ...checkShadowed(located),
  ];
}

const SELECTORS: Words = {
  zh: "应为集群名，或标签的集合（如 { zone: hz }）",
  en: "must be the name of a cluster, or labels such as { zone: hz }",
};

function checkSelectors(located: Located, route: Path): Problem[] {
  return itemsAt(located, [...route, "to"])
    .filter((path) => selectorOf(valueAt(located, path)) === null)
    .map((path) => problemAt(located, path, SELECTORS));
}

function checkShadowed(located: Located): Problem[] {
  if (shapeProblems(located).length > 0) return [];
  const routes = readRoutes(contentOf(located, "routing"));
  return routes.flatMap((_, at) => {
    const earlier = shadowing(routes, at);
    if (!earlier) return [];
    return [
      problemAt(located, ["routes", String(at), "name"], {
        zh: `永远轮不到：它要的任务都被前面的 ${earlier.name} 拿走`,
        en: `is never reached: ${earlier.name} before it takes all that it would take`,
      }),
    ];
  });
}

/** What only shows beside the clusters: where a route leads, and to whom. */
export function checkRoutes(drafts: Drafts): Problem[] {
  if (drafts.incomplete.has("cluster")) return [];
  const clusters = ofKind(drafts, "cluster").map(draftCluster);
  return ofKind(drafts, "routing").flatMap((located) =>
    itemsAt(located, ["routes"]).flatMap((route) => [
      ...itemsAt(located, [...route, "to"]).flatMap((path) =>
        checkTarget(located, path, { drafts, clusters }),
      ),
      ...itemsAt(located, [...route, "when", "businesses"]).flatMap((path) =>
        checkBusiness(located, { route, path }, clusters),
      ),
    ]),
  );
}

function checkTarget(
  located: Located,
  path: Path,
  { drafts, clusters }: { drafts: Drafts; clusters: readonly DraftCluster[] },
): Problem[] {
  const selector = selectorOf(valueAt(located, path));
  if (selector === null || clusters.some((cluster) => isSelected([selector], cluster))) return [];
  const known = namesOf(drafts, "cluster");
  if (typeof selector === "string") {
    return [problemAt(located, path, unknownWords("集群", "cluster", { name: selector, known }))];
  }
  return [problemAt(located, path, { zh: "没有集群有这些标签", en: "no cluster has these labels" })];
}

/** A business that is named in full must find a cluster by its route. */
function checkBusiness(
  located: Located,
  { route, path }: { route: Path; path: Path },
  clusters: readonly DraftCluster[],
): Problem[] {
  const business = textAt(located, path);
  if (business === undefined || business.includes("*")) return [];
  if (allowedClusters(clusters, business).length === 0) {
    return [problemAt(located, path, { zh: "没有集群服务这个业务", en: "no cluster serves this business" })];
  }
  const to = selectorsOf(itemsAt(located, [...route, "to"]).map((one) => valueAt(located, one)));
  const own = clusters.filter((cluster) => isSelected(to, cluster));
  if (own.length === 0 || own.some((cluster) => admits(cluster, business))) return [];
  return [
    problemAt(located, path, {
      zh: "to 里的集群都不服务这个业务，见它们的 businesses",
      en: "none of the clusters in to serves this business, see their businesses",
    }),
  ];
}

type DraftCluster = Pick<Cluster, "name" | "businesses" | "zone" | "labels">;

/** Enough of a cluster to ask what it serves, even if the rest of its file is wrong. */
function draftCluster(located: Located): DraftCluster {
  const zone = textAt(located, ["zone"]);
  const labels = keysAt(located, ["labels"]).map((key) => [key, textAt(located, ["labels", key]) ?? ""]);
  return {
    name: textAt(located, ["name"]) ?? "",
    businesses: itemsAt(located, ["businesses"]).map((path) => textAt(located, path) ?? ""),
    labels: Object.fromEntries(labels),
    ...(zone === undefined ? {} : { zone }),
  };
}

/** What decides where tasks go, as far as the files can be read; null where that cannot be told. */
export function draftRouting(drafts: Drafts): Routing | null {
  if (drafts.incomplete.has("cluster") || drafts.incomplete.has("routing")) return null;
  const routes = ofKind(drafts, "routing").flatMap((located): Route[] | null[] => {
    return shapeProblems(located).length > 0 ? [null] : readRoutes(contentOf(located, "routing"));
  });
  const known = routes.filter((route) => route !== null);
  if (known.length < routes.length) return null;
  return { clusters: ofKind(drafts, "cluster").map(draftCluster), routes: known };
}
