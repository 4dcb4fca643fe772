import { possibleClusters, type Work } from "../../core/clusters/index.ts";
import { TASK_ENDED_TYPE, UNMAPPED_TYPE } from "../../core/events/index.ts";
import { checkDeployReferences } from "./check-deploy.ts";
import { checkDuties } from "./check-duties.ts";
import { checkRoutes, draftRouting } from "./check-routing.ts";
import { type Drafts, nameField, namesOf, ofKind } from "./drafts.ts";
import type { FileKind, Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt } from "./located.ts";
import { itemsAt, keysAt, textAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { unknownWords } from "./unknown-words.ts";

const SINGLE_KINDS: readonly FileKind[] = [
  ...(["groups", "throttles", "routing", "roles", "tokens", "languages", "runs"] as const),
];
const NAMED_KINDS: readonly FileKind[] = [
  "event-type",
  "source",
  "rule",
  "policy",
  "cluster",
  "window",
  "roster",
  "pack-set",
];

/** What only shows when all files are seen together. Policies are checked with the approvals. */
export function checkReferences(drafts: Drafts): Problem[] {
  return [
    ...NAMED_KINDS.flatMap((kind) => checkDuplicates(drafts, kind)),
    ...SINGLE_KINDS.flatMap((kind) => checkSingleFile(drafts, kind)),
    ...ofKind(drafts, "rule").flatMap((rule) => checkRuleReferences(drafts, rule)),
    ...ofKind(drafts, "runs").flatMap((runs) => checkRunReferences(drafts, runs)),
    ...ofKind(drafts, "source").flatMap((source) => checkSourceTypes(drafts, source)),
    ...ofKind(drafts, "cluster").flatMap((one) => checkGroup(drafts, one, ["report", "group"])),
    ...ofKind(drafts, "pack-set").flatMap((set) => checkSetReferences(drafts, set)),
    ...checkRoutes(drafts),
    ...checkDuties(drafts),
    ...checkDeployReferences(drafts),
  ];
}

function checkDuplicates(drafts: Drafts, kind: FileKind): Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const located of ofKind(drafts, kind)) {
    const name = textAt(located, [nameField(kind)]);
    if (name === undefined) continue;
    const other = first.get(name);
    if (other === undefined) first.set(name, located.file);
    else problems.push(problemAt(located, [nameField(kind)], duplicateWords(other)));
  }
  return problems;
}

function duplicateWords(other: string): Words {
  return { zh: `与 ${other} 重复`, en: `is declared in ${other} already` };
}

/** `x.yml` beside `x.yaml`: which of them counts would be a guess. */
function checkSingleFile(drafts: Drafts, kind: FileKind): Problem[] {
  const [first, ...others] = ofKind(drafts, kind);
  if (!first) return [];
  return others.map((located) => problemAt(located, [], duplicateWords(first.file)));
}

function checkRuleReferences(drafts: Drafts, rule: Located): Problem[] {
  return [
    ...itemsAt(rule, ["on"]).flatMap((path) => checkOn(drafts, rule, path)),
    ...checkGroups(drafts, rule),
    ...checkBusiness(drafts, { located: rule, path: ["business"] }, worksOf(rule)),
    ...itemsAt(rule, ["throttle", "shared"]).flatMap((path) => checkShared(drafts, rule, path)),
  ];
}

function checkRunReferences(drafts: Drafts, runs: Located): Problem[] {
  return itemsAt(runs, ["runs"]).flatMap((grant) => [
    ...checkGroup(drafts, runs, [...grant, "report", "group"]),
    ...checkCardGroup(drafts, runs, [...grant, "approval", "group"]),
    ...checkBusiness(drafts, { located: runs, path: [...grant, "business"] }, [{ event: null }]),
  ]);
}

function checkSetReferences(drafts: Drafts, set: Located): Problem[] {
  const known = namesOf(drafts, "cluster");
  const clusters = drafts.incomplete.has("cluster") ? [] : itemsAt(set, ["clusters"]);
  return [
    ...checkCardGroup(drafts, set, ["approval", "group"]),
    ...clusters.flatMap((path) => {
      const name = textAt(set, path);
      if (name === undefined || known.includes(name)) return [];
      return [problemAt(set, path, unknownWords("集群", "cluster", { name, known }))];
    }),
  ];
}

function checkOn(drafts: Drafts, rule: Located, path: Path): Problem[] {
  if (textAt(rule, path) !== UNMAPPED_TYPE) return checkType(drafts, rule, path, [TASK_ENDED_TYPE]);
  return [
    problemAt(rule, path, {
      zh: "没有归类的事件不能触发规则，请先在事件源里归类",
      en: "no rule may rely on unmapped events: map them in the source first",
    }),
  ];
}

function checkSourceTypes(drafts: Drafts, source: Located): Problem[] {
  const types = itemsAt(source, ["map"]).map((mapping) => [...mapping, "type"]);
  return [...types, ["default"]].flatMap((path) => checkType(drafts, source, path, [UNMAPPED_TYPE]));
}

function checkType(drafts: Drafts, located: Located, path: Path, builtIn: readonly string[]): Problem[] {
  const type = textAt(located, path);
  const known = namesOf(drafts, "event-type");
  if (type === undefined || builtIn.includes(type) || known.includes(type)) return [];
  if (drafts.incomplete.has("event-type")) return [];
  return [problemAt(located, path, unknownWords("事件类型", "event type", { name: type, known }))];
}

function checkGroups(drafts: Drafts, rule: Located): Problem[] {
  const gates = [["approval"], ...itemsAt(rule, ["offers"]).map((offer) => [...offer, "approval"])];
  return [
    ...checkGroup(drafts, rule, ["report", "group"]),
    ...gates.flatMap((gate) => checkCardGroup(drafts, rule, [...gate, "group"])),
  ];
}

function checkGroup(drafts: Drafts, rule: Located, path: Path): Problem[] {
  const name = textAt(rule, path);
  const known = ofKind(drafts, "groups").flatMap((located) => keysAt(located, []));
  if (name === undefined || known.includes(name) || drafts.incomplete.has("groups")) return [];
  return [
    problemAt(rule, path, unknownWords("群，见 groups.yaml", "group, see groups.yaml", { name, known })),
  ];
}

/** Only the AI bot brings cards into groups that can be clicked. */
function checkCardGroup(drafts: Drafts, rule: Located, path: Path): Problem[] {
  const problems = checkGroup(drafts, rule, path);
  const name = textAt(rule, path);
  if (problems.length > 0 || name === undefined) return problems;
  const places = ofKind(drafts, "groups").filter((located) => keysAt(located, []).includes(name));
  if (places.every((located) => keysAt(located, [name]).includes("aibot"))) return [];
  return [problemAt(rule, path, NO_CARDS)];
}

const NO_CARDS: Words = {
  zh: "授权卡片只能发到智能机器人的群，即 groups.yaml 里写 aibot 的群",
  en: "cards with buttons can only be shown in a group of the AI bot, one with aibot in groups.yaml",
};

function checkShared(drafts: Drafts, rule: Located, path: Path): Problem[] {
  const name = textAt(rule, path);
  const known = ofKind(drafts, "throttles").flatMap((located) => keysAt(located, []));
  if (name === undefined || known.includes(name) || drafts.incomplete.has("throttles")) return [];
  const words = unknownWords("共享限流桶，见 throttles.yaml", "shared bucket, see throttles.yaml", {
    name,
    known,
  });
  return [problemAt(rule, path, words)];
}

/** What a rule or a grant leaves open of its work; `event` is null where there is none. */
type OpenWork = Omit<Work, "business">;

/** Whatever event of its types comes, there must be a cluster for it. */
function worksOf(rule: Located): OpenWork[] {
  const action = textAt(rule, ["action"]);
  const known = action === undefined ? {} : { action };
  return itemsAt(rule, ["on"]).map((path) => ({ event: { type: textAt(rule, path) ?? "" }, ...known }));
}

function checkBusiness(
  drafts: Drafts,
  { located, path }: { located: Located; path: Path },
  works: readonly OpenWork[],
): Problem[] {
  const business = textAt(located, path);
  const routing = draftRouting(drafts);
  if (business === undefined || routing === null) return [];
  if (works.every((work) => possibleClusters(routing, { business, ...work }).length > 0)) return [];
  const words = { zh: "没有集群服务这个业务", en: "no cluster serves this business" };
  return [problemAt(located, path, words)];
}
