import { clockTime, type MessageViewing, plainLine } from "../../../core/cards/index.ts";
import {
  type Cluster,
  type ClusterWords,
  drainOfWords,
  ORDER_FAULTS,
  type OrderFault,
  STATE_WORDS,
  undrainOfWords,
} from "../../../core/clusters/index.ts";
import { commandWords } from "../../../core/commands/index.ts";
import { actorName, authorise } from "../../../core/people/index.ts";
import type { Fleet } from "../../clusters/index.ts";
import type { Asked, ChatCommands, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";

export interface ChatClusterDeps {
  fleet: Fleet;
  clusters: () => readonly Cluster[];
  denied: Denier;
}

/** How clusters stand, and draining them. */
export function clusterCommands(deps: ChatClusterDeps): Pick<ChatCommands, "clusters" | "drain" | "undrain"> {
  return {
    clusters: { run: (asked) => list(asked, deps) },
    drain: { prepare: async (asked) => prepareDrain(asked, deps), run: (asked) => drain(asked, deps) },
    undrain: { prepare: async (asked) => prepareUndrain(asked, deps), run: (asked) => undrain(asked, deps) },
  };
}

async function list(asked: Asked, deps: ChatClusterDeps): Promise<string> {
  const { actor, viewing } = asked;
  const { clusters: words } = viewing.texts.commands;
  const seen = deps.clusters().filter(({ name }) => {
    return authorise(actor, "clusters.read", { clusters: [name] }).outcome === "allowed";
  });
  if (seen.length === 0)
    return (deps.clusters().length > 0 && deps.denied(asked, "clusters.read", {})) || words.none;
  const lines = await Promise.all(seen.map((cluster) => line(cluster, viewing, deps)));
  return [words.title, ...lines].join("\n");
}

const OPEN: (open: number) => ClusterWords = (open) => ({ zh: `未结束 ${open}`, en: `open ${open}` });
const LEFT = (own: number, paused: number, all: number | null): ClusterWords => ({
  zh: `还在跑：鲸 ${own}，暂停 ${paused}，共 ${all ?? "?"}`,
  en: `still runs: Whale ${own}, paused ${paused}, all ${all ?? "?"}`,
});
const DRAINED: ClusterWords = { zh: "已排空", en: "drained" };

async function line(
  { name, zone, businesses }: Cluster,
  viewing: MessageViewing,
  { fleet }: ChatClusterDeps,
): Promise<string> {
  const { wordsOf } = viewing.texts;
  const { state, sinceMs, message, version, open } = await fleet.sightOf(name);
  const told = [wordsOf(STATE_WORDS[state]), version ?? ""].filter(Boolean).join(" ");
  const since = state === "up" ? "" : clockTime(sinceMs, viewing.timeZone);
  const drain = fleet.drains.current().get(name);
  const counts = drain && !drain.done ? await fleet.drains.counts(name) : null;
  const left = counts === null ? "" : wordsOf(LEFT(counts.own, counts.paused, counts.all));
  const done = drain?.done ? wordsOf(DRAINED) : "";
  const parts = [
    told,
    since,
    message ?? "",
    done,
    left,
    wordsOf(OPEN(open)),
    zone ?? "",
    businesses.join(" "),
  ];
  const shown = parts.filter(Boolean).map((part) => plainLine(part, viewing));
  return `**${viewing.plain(name)}** ${shown.join(" · ")}`;
}

function faultText(fault: OrderFault, { texts }: MessageViewing): string {
  return texts.wordsOf(ORDER_FAULTS[fault]);
}

const UNKNOWN: ClusterWords = { zh: "没有这个集群", en: "there is no such cluster" };
const NOT_DRAINED: ClusterWords = { zh: "它没有在排空", en: "it is not drained" };

/** Null when it may be ordered of this cluster. */
function barredFrom(name: string, asked: Asked, { clusters, denied }: ChatClusterDeps): string | null {
  const refused = denied(asked, "clusters.write", { clusters: [name] });
  if (refused !== null) return refused;
  return clusters().some((one) => one.name === name) ? null : asked.viewing.texts.wordsOf(UNKNOWN);
}

function prepareDrain(asked: Asked, deps: ChatClusterDeps): Prepared {
  const { viewing, args } = asked;
  const read = drainOfWords(args.text ?? "");
  if (read.outcome === "refused") return { outcome: "answer", text: faultText(read.fault, viewing) };
  const { name, order } = read.order;
  const barred = barredFrom(name, asked, deps);
  if (barred !== null) return { outcome: "answer", text: barred };
  const { stranded, alone } = deps.fleet.drains.stranding(name);
  if (stranded.length > 0 && !order.force)
    return { outcome: "answer", text: strandedText(stranded, viewing) };
  const title = `${commandWords("drain", viewing.texts)} ${name}`;
  const rows = order.why === "" ? [] : [{ label: viewing.texts.labels.reason, value: order.why }];
  const waits = [...stranded, ...alone].join(" ");
  return { outcome: "ask", facts: { title, rows, text: viewing.texts.wordsOf(drainEffect(waits)) }, args };
}

function drainEffect(waits: string): ClusterWords {
  const zh = waits && `这些业务的任务会等待：${waits}。`;
  const en = waits && ` Tasks of these businesses will wait: ${waits}.`;
  return {
    zh: `不再在它上面启动新的执行；在跑的会跑完，暂停的保留。${zh}`,
    en: `Nothing new starts on it; what runs ends by itself, what is paused is kept.${en}`,
  };
}

function strandedText(businesses: readonly string[], { texts, plain }: MessageViewing): string {
  const names = businesses.join(" ");
  return plain(
    texts.wordsOf({
      zh: `不能排空：这些业务会没有可用的集群：${names}。确要如此请写 强制 和原因`,
      en: `not drained: these businesses would have no cluster left: ${names}. If it must be, write force and why`,
    }),
  );
}

async function drain(asked: Asked, deps: ChatClusterDeps): Promise<string> {
  const { viewing, actor, args } = asked;
  const read = drainOfWords(args.text ?? "");
  if (read.outcome === "refused") return faultText(read.fault, viewing);
  const { name, order } = read.order;
  const barred = barredFrom(name, asked, deps);
  if (barred !== null) return barred;
  const answer = await deps.fleet.drains.order(name, order, actorName(actor));
  if (answer.outcome === "refused") {
    return answer.reason === "stranded"
      ? strandedText(answer.businesses, viewing)
      : viewing.texts.wordsOf(UNKNOWN);
  }
  const { own, paused, all } = await deps.fleet.drains.counts(name);
  const left = LEFT(own, paused, all);
  const by = answer.drain.by.replace(/^user:/, "");
  const said =
    answer.outcome === "drained"
      ? { zh: "开始排空", en: "is drained now" }
      : { zh: `已由 ${by} 排空`, en: `was drained by ${by} before` };
  return viewing.plain(
    viewing.texts.wordsOf({ zh: `${name} ${said.zh}。${left.zh}`, en: `${name} ${said.en}. ${left.en}` }),
  );
}

function prepareUndrain(asked: Asked, deps: ChatClusterDeps): Prepared {
  const { viewing, args } = asked;
  const read = undrainOfWords(args.text ?? "");
  if (read.outcome === "refused") return { outcome: "answer", text: faultText(read.fault, viewing) };
  const { name, skip } = read.order;
  const refused = deps.denied(asked, "clusters.write", { clusters: [name] });
  if (refused !== null) return { outcome: "answer", text: refused };
  if (!deps.fleet.drains.current().has(name))
    return { outcome: "answer", text: viewing.texts.wordsOf(NOT_DRAINED) };
  const title = `${commandWords("undrain", viewing.texts)} ${name}`;
  const rows = skip === null ? [] : [{ label: viewing.texts.labels.reason, value: skip }];
  const text =
    skip === null
      ? {
          zh: "先试运行一次空操作，成功后恢复启动",
          en: "A canary is run first; once it passed, starts go there again",
        }
      : { zh: "不试运行，立即恢复启动", en: "Without a canary starts go there again at once" };
  return { outcome: "ask", facts: { title, rows, text: viewing.texts.wordsOf(text) }, args };
}

async function undrain(asked: Asked, deps: ChatClusterDeps): Promise<string> {
  const { viewing, actor, args } = asked;
  const { wordsOf } = viewing.texts;
  const read = undrainOfWords(args.text ?? "");
  if (read.outcome === "refused") return faultText(read.fault, viewing);
  const { name, skip } = read.order;
  const refused = deps.denied(asked, "clusters.write", { clusters: [name] });
  if (refused !== null) return refused;
  const answer = await deps.fleet.drains.lift(name, actorName(actor), skip ?? undefined);
  if (answer.outcome === "undrained") {
    return viewing.plain(wordsOf({ zh: `${name} 已恢复启动`, en: `${name} takes starts again` }));
  }
  if (answer.reason === "not_drained") return wordsOf(NOT_DRAINED);
  const { message } = answer;
  return plainLine(
    wordsOf({
      zh: `${name} 仍在排空：试运行没有成功：${message}`,
      en: `${name} stays drained: its canary failed: ${message}`,
    }),
    viewing,
  );
}
