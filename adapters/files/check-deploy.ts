import { isJsonObject } from "../../core/ids/index.ts";
import { checkAddress, checkDuration } from "./check-values.ts";
import { HostsShape, KubernetesShape } from "./deploy-schema.ts";
import { type Drafts, namesOf, ofKind } from "./drafts.ts";
import type { Located } from "./located.ts";
import { problemAt } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem } from "./problem.ts";
import { shapeOf } from "./shape.ts";
import { unknownWords } from "./unknown-words.ts";

const AT = ["deploy"];
const SHAPES = new Map([
  ["kubernetes", shapeOf(KubernetesShape)],
  ["hosts", shapeOf(HostsShape)],
]);

/** What can be said of a cluster's `deploy`, where there is one. */
export function checkDeploy(located: Located): Problem[] {
  const deploy = valueAt(located, AT);
  if (deploy === undefined) return [];
  if (!isJsonObject(deploy)) {
    const words = { zh: "应为 { kind: kubernetes … }", en: "must be { kind: kubernetes … }" };
    return [problemAt(located, AT, words)];
  }
  const kind = textAt(located, [...AT, "kind"]) ?? "";
  const shape = SHAPES.get(kind);
  if (!shape) {
    const words = { zh: "应为 kubernetes 或 hosts", en: "must be kubernetes or hosts" };
    return [problemAt(located, [...AT, "kind"], words)];
  }
  const own = kind === "kubernetes" ? checkKubernetes(located) : checkHosts(located);
  return [...shape.problems(located, AT), ...own];
}

function checkKubernetes(located: Located): Problem[] {
  const tokens = keysAt(located, AT).filter((key) => key === "token" || key === "tokenFile");
  const words = { zh: "token、tokenFile 写且只写一个", en: "write one of token and tokenFile" };
  const token = tokens.length === 1 ? [] : [problemAt(located, AT, words)];
  return [...checkAddress(located, [...AT, "api"]), ...token, ...checkNoWorkers(located)];
}

function checkNoWorkers(located: Located): Problem[] {
  const path = [...AT, "parts", "workers"];
  const workers = valueAt(located, path);
  if (!Array.isArray(workers) || workers.length > 0) return [];
  return [
    problemAt(located, path, { zh: "没有 worker 就没有可发布的", en: "there is nothing to release without" }),
  ];
}

/** A host that is named twice would be changed twice at the same time. */
function checkHosts(located: Located): Problem[] {
  const seen = new Set<string>();
  const roles = keysAt(located, [...AT, "hosts"]);
  const twice = roles.flatMap((role) =>
    itemsAt(located, [...AT, "hosts", role]).flatMap((path) => {
      const host = textAt(located, path) ?? "";
      if (!seen.has(host)) return seen.add(host) && [];
      return [problemAt(located, path, { zh: "写了两次", en: "is named twice" })];
    }),
  );
  return [...twice, ...checkDuration(located, [...AT, "timeout"])];
}

/** The cluster that runs a deploy's actions must be there. */
export function checkDeployReferences(drafts: Drafts): Problem[] {
  const known = drafts.incomplete.has("cluster") ? null : namesOf(drafts, "cluster");
  return ofKind(drafts, "cluster").flatMap((located) => {
    const path = [...AT, "via"];
    const via = textAt(located, path);
    if (known === null || via === undefined || known.includes(via)) return [];
    return [problemAt(located, path, unknownWords("集群", "cluster", { name: via, known }))];
  });
}
