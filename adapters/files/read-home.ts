import { compileEventTypes, compileSource, type EventTypeRegistry } from "../../core/events/index.ts";
import { compileRule } from "../../core/rules/index.ts";
import { contentOf, type Drafts, ofKind } from "./drafts.ts";
import type { Home } from "./home.ts";
import type { FileKind } from "./home-file.ts";
import type { Located } from "./located.ts";
import { pathOfField, problemAt, quotingWords } from "./located.ts";
import type { Problem } from "./problem.ts";
import { readCluster, readEventType, readGroups, readPolicy } from "./read-others.ts";
import { readPackSet } from "./read-pack-set.ts";
import { readLanguage, readRole, readToken } from "./read-people.ts";
import { readRoster } from "./read-roster.ts";
import { readRoutes } from "./read-routing.ts";
import { readRule, readSharedBuckets } from "./read-rule.ts";
import { readGrant } from "./read-runs.ts";
import { readSource } from "./read-source.ts";
import { readWindow } from "./read-window.ts";

/** The home of drafts that have no problems. */
export function readHome(drafts: Drafts): Home {
  const groups = ofKind(drafts, "groups").map((located) => contentOf(located, "groups"));
  const throttles = ofKind(drafts, "throttles").map((located) => contentOf(located, "throttles"));
  const buckets = readSharedBuckets(Object.assign({}, ...throttles));
  return {
    eventTypes: ofKind(drafts, "event-type").map((l) => readEventType(contentOf(l, "event-type"))),
    sources: ofKind(drafts, "source").map((l) => readSource(contentOf(l, "source"))),
    rules: ofKind(drafts, "rule").map((l) => readRule(contentOf(l, "rule"), buckets)),
    policies: ofKind(drafts, "policy").map((l) => readPolicy(contentOf(l, "policy"))),
    clusters: ofKind(drafts, "cluster").map((l) => readCluster(contentOf(l, "cluster"))),
    routes: ofKind(drafts, "routing").flatMap((l) => readRoutes(contentOf(l, "routing"))),
    windows: ofKind(drafts, "window").map((l) => readWindow(contentOf(l, "window"))),
    rosters: ofKind(drafts, "roster").map((l) => readRoster(contentOf(l, "roster"))),
    packSets: ofKind(drafts, "pack-set").map((l) => readPackSet(contentOf(l, "pack-set"))),
    groups: readGroups(Object.assign({}, ...groups)),
    roles: ofKind(drafts, "roles").flatMap((l) => contentOf(l, "roles").roles.map(readRole)),
    grants: ofKind(drafts, "runs").flatMap((l) => contentOf(l, "runs").runs.map(readGrant)),
    languages: ofKind(drafts, "languages").flatMap((l) =>
      contentOf(l, "languages").languages.map(readLanguage),
    ),
    tokens: ofKind(drafts, "tokens").flatMap((l) => contentOf(l, "tokens").tokens.map(readToken)),
  };
}

/**
 * Compiles everything as the running process will. The checks on the files have found every known mistake
 * by then; this keeps a home from being loaded that core would refuse.
 */
export function checkCompiled(home: Home, drafts: Drafts): Problem[] {
  const types = compileEventTypes(home.eventTypes);
  if (types.outcome === "invalid") {
    const at = home.eventTypes.findIndex(({ type }) => type === types.type);
    return [problemOf(fileAt(drafts, "event-type", at), types.path, types.message)];
  }
  return [...checkSources(home, drafts, types.registry), ...checkRules(home, drafts)];
}

function checkSources(home: Home, drafts: Drafts, registry: EventTypeRegistry): Problem[] {
  return home.sources.flatMap((source, at) => {
    const compiled = compileSource(source, registry);
    if (compiled.outcome === "compiled") return [];
    return [problemOf(fileAt(drafts, "source", at), compiled.path, compiled.message)];
  });
}

function checkRules(home: Home, drafts: Drafts): Problem[] {
  return home.rules.flatMap((rule, at) => {
    const compiled = compileRule(rule);
    if (compiled.outcome === "compiled") return [];
    return [problemOf(fileAt(drafts, "rule", at), compiled.field, compiled.message)];
  });
}

/** Things are read in the order of their files. */
function fileAt(drafts: Drafts, kind: FileKind, at: number): Located | undefined {
  return ofKind(drafts, kind)[at];
}

function problemOf(located: Located | undefined, field: string, message: string): Problem {
  const words = { zh: "不能使用", en: "cannot be used" };
  if (!located)
    return { file: ".", line: 1, column: 1, field, value: "", message: words.zh, messageEn: words.en };
  const path = pathOfField(field);
  return problemAt(located, path, quotingWords(located, path, words, message));
}
