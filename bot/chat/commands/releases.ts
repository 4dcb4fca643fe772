import { actorText, releasePlanText } from "../../../core/cards/index.ts";
import type { ClusterWords } from "../../../core/clusters/index.ts";
import { commandWords } from "../../../core/commands/index.ts";
import { actorName, personNamed } from "../../../core/people/index.ts";
import type { Clock, Directory } from "../../../core/ports/index.ts";
import {
  diffLines,
  placesWords,
  RELEASE_ORDER_FAULTS,
  RELEASE_REFUSALS,
  type Release,
  type ReleaseOrder,
  releaseApprovers,
  releaseDiff,
  releaseOfWords,
  releaseWords,
} from "../../../core/releases/index.ts";
import { actorNames, namesOf } from "../../names.ts";
import {
  doWithRelease,
  driftLine,
  mayNot,
  maySeeRelease,
  type ReleaseDecideDeps,
  type Releases,
  releaseAskedWords,
  releaseDoneWords,
  releaseLine,
} from "../../releases/index.ts";
import type { Asked, ChatCommands, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatReleaseDeps extends Omit<ReleaseDecideDeps, "releases" | "directory"> {
  directory: ReleaseDecideDeps["directory"] & Pick<Directory, "nameOf">;
  /** Null where nothing can be released. */
  releases: Releases | null;
  /** Clusters that a set would be released to; null where there is no such set. */
  clustersOf: (set: string) => readonly string[] | null;
  denied: Denier;
  clock: Clock;
}

type Ready = ChatReleaseDeps & { releases: Releases };
type OrderOf<What extends ReleaseOrder["what"]> = Extract<ReleaseOrder, { what: What }>;

const OFF: ClusterWords = {
  zh: "没有任何集群配置了发布目标",
  en: "no cluster says how new packs reach its workers",
};
const NONE: ClusterWords = { zh: "还没有发布", en: "there is no release yet" };
const NO_SET: ClusterWords = { zh: "没有这个共享 Pack", en: "there is no such pack set" };
const SHOWN = 10;

/** Releases of pack sets: asking for one, deciding about it, going back. */
export function releaseCommands(deps: ChatReleaseDeps): Pick<ChatCommands, "release"> {
  return { release: { prepare: (asked) => prepare(asked, deps), run: (asked) => run(asked, deps) } };
}

/** Text that holds words of people, made plain. */
function said(words: ClusterWords, { viewing }: Asked): string {
  return viewing.plain(viewing.texts.wordsOf(words));
}

/** What changes a cluster at once is confirmed first; what others have to approve is not. */
async function prepare(asked: Asked, { releases }: ChatReleaseDeps): Promise<Prepared> {
  const read = releaseOfWords(asked.args.text ?? "");
  if (read.outcome === "refused") return { outcome: "straight" };
  const { what } = read.order;
  if (releases === null || (what !== "rollback" && what !== "abort")) return { outcome: "straight" };
  const { id, why } = read.order as OrderOf<"rollback">;
  const release = await releases.find(id);
  if (!release) return { outcome: "answer", text: said(RELEASE_REFUSALS.no_such, asked) };
  const barred = mayNot(asked.actor, release);
  if (barred) return { outcome: "answer", text: said(barred, asked) };
  const { texts } = asked.viewing;
  const title = `${commandWords("release", texts)} ${what} ${release.title}`;
  const rows = why === "" ? [] : [{ label: texts.labels.reason, value: why }];
  const text = `${texts.wordsOf(releaseWords(release))} · ${texts.wordsOf(placesWords(release))}`;
  return { outcome: "ask", facts: { title, rows, text }, args: asked.args };
}

async function run(asked: Asked, { releases, ...deps }: ChatReleaseDeps): Promise<string> {
  const read = releaseOfWords(asked.args.text ?? "");
  if (read.outcome === "refused") return said(RELEASE_ORDER_FAULTS[read.fault], asked);
  if (releases === null) return said(OFF, asked);
  const ready = { ...deps, releases };
  const { order } = read;
  switch (order.what) {
    case "list":
      return list(asked, ready);
    case "show":
      return show(order, asked, ready);
    case "diff":
      return diff(order, asked, ready);
    case "drift":
      return drift(asked, ready);
    case "ask":
      return ask(order, asked, ready);
    default: {
      const { what: deed, id, why } = order;
      const wish = { id, deed, why, actor: asked.actor, key: asked.key, atMs: deps.clock.nowMs() };
      return said(releaseDoneWords(await doWithRelease(wish, ready)), asked);
    }
  }
}

async function list(asked: Asked, { releases, denied, directory }: Ready): Promise<string> {
  const all = (await releases.list()).filter((release) => maySeeRelease(asked.actor, release));
  if (all.length === 0) return denied(asked, "releases.read", "some") ?? said(NONE, asked);
  const shown = all.slice(0, SHOWN);
  const { texts, timeZone } = asked.viewing;
  const nameOf = await actorNames(
    shown.map(({ by }) => by),
    directory,
  );
  const lines = shown.map((release) => {
    return releaseLine(release, { timeZone, asker: actorText(release.by, { texts, nameOf }) });
  });
  return said({ zh: lines.map(({ zh }) => zh).join("\n"), en: lines.map(({ en }) => en).join("\n") }, asked);
}

/** Null where it is not there, or not to be seen; who may not is told the same. */
async function seen(id: string, asked: Asked, { releases }: Ready): Promise<Release | null> {
  const release = await releases.find(id);
  return release && maySeeRelease(asked.actor, release) ? release : null;
}

async function show({ id }: OrderOf<"show">, asked: Asked, deps: Ready): Promise<string> {
  const release = await seen(id, asked, deps);
  if (!release) return said(RELEASE_REFUSALS.no_such, asked);
  const { by, why, image } = release;
  const approvers = releaseApprovers(release);
  const nameOf = await namesOf([...approvers, personNamed(by) ?? []].flat(), deps.directory);
  const { texts } = asked.viewing;
  const people = [actorText(by, { texts, nameOf }), ...approvers.map(nameOf)].join(" → ");
  const facts = [people, why, image.reference].filter(Boolean).join(" · ");
  const { wordsOf } = texts;
  const text = [
    wordsOf(releaseWords(release)),
    facts,
    wordsOf(placesWords(release)),
    releasePlanText(release, wordsOf),
  ];
  return asked.viewing.plain(text.join("\n"));
}

async function diff({ from, to }: OrderOf<"diff">, asked: Asked, deps: Ready): Promise<string> {
  const [one, other] = [await seen(from, asked, deps), await seen(to, asked, deps)];
  if (!one || !other) return said(RELEASE_REFUSALS.no_such, asked);
  const lines = diffLines(releaseDiff(one, other));
  return lines.length > 0
    ? asked.viewing.plain(lines.join("\n"))
    : said({ zh: "没有差别", en: "no difference" }, asked);
}

async function drift(asked: Asked, { releases, denied }: Ready): Promise<string> {
  const refused = denied(asked, "releases.read", "some");
  if (refused !== null) return refused;
  const all = (await releases.drift.look()).filter(({ cluster }) => {
    return maySeeRelease(asked.actor, { clusters: [cluster], by: "" });
  });
  const lines = all.map(driftLine);
  return said({ zh: lines.map(({ zh }) => zh).join("\n"), en: lines.map(({ en }) => en).join("\n") }, asked);
}

async function ask(
  order: OrderOf<"ask">,
  asked: Asked,
  { releases, clustersOf, denied }: Ready,
): Promise<string> {
  const { set, build, why } = order;
  const clusters = clustersOf(set);
  const refused = denied(asked, "releases.write", clusters ? { clusters } : "some");
  if (refused !== null) return refused;
  if (clusters === null) return said(NO_SET, asked);
  const by = actorName(asked.actor);
  const what = { set, by, why, key: asked.key, ...(build === undefined ? {} : { build }) };
  return said(releaseAskedWords(await releases.ask(what)), asked);
}
