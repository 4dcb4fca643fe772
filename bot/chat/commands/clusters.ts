import { actorText, clockTime, type MessageViewing, plainLine } from "../../../core/cards/index.ts";
import {
  type Cluster,
  drainOfWords,
  ORDER_FAULTS,
  type OrderFault,
  STATE_WORDS,
  undrainOfWords,
} from "../../../core/clusters/index.ts";
import { commandWords } from "../../../core/commands/index.ts";
import { actorName, authorise } from "../../../core/people/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Fleet } from "../../clusters/index.ts";
import { actorNames } from "../../names.ts";
import type { Asked, ChatCommands, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";
import { drainRows } from "./drain-rows.ts";

export interface ChatClusterDeps {
  fleet: Fleet;
  clusters: () => readonly Cluster[];
  directory: Pick<Directory, "nameOf">;
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

async function line(
  { name, zone, businesses }: Cluster,
  viewing: MessageViewing,
  { fleet, directory }: ChatClusterDeps,
): Promise<string> {
  const { wordsOf, fleet: words } = viewing.texts;
  const { state, sinceMs, ill, version, open } = await fleet.sightOf(name);
  const told = [wordsOf(STATE_WORDS[state]), version ?? ""].filter(Boolean).join(" ");
  const since = state === "up" ? "" : clockTime(sinceMs, viewing.timeZone);
  const drain = fleet.drains.current().get(name);
  const counts = drain && !drain.done ? await fleet.drains.counts(name) : null;
  const left = counts === null ? "" : words.left(counts);
  const by = drain
    ? actorText(drain.by, { ...viewing, nameOf: await actorNames([drain.by], directory) })
    : "";
  const asked = [by, drain?.why ?? "", ill ? wordsOf(ill) : "", drain?.done ? words.drained : ""];
  const parts = [told, since, ...asked, left, words.open(open), zone ?? "", businesses.join(" ")];
  const shown = parts.filter(Boolean).map((part) => plainLine(part, viewing));
  return `**${viewing.plain(name)}** ${shown.join(" · ")}`;
}

function faultText(fault: OrderFault, { texts }: MessageViewing): string {
  return texts.wordsOf(ORDER_FAULTS[fault]);
}

/** Null when it may be ordered of this cluster. */
function barredFrom(name: string, asked: Asked, { clusters, denied }: ChatClusterDeps): string | null {
  const refused = denied(asked, "clusters.write", { clusters: [name] });
  if (refused !== null) return refused;
  return clusters().some((one) => one.name === name) ? null : asked.viewing.texts.fleet.unknown;
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
  const rows = drainRows(order, viewing.texts);
  const waits = [...stranded, ...alone].join(" ");
  return { outcome: "ask", facts: { title, rows, text: viewing.texts.fleet.drainAsk(waits) }, args };
}

function strandedText(businesses: readonly string[], { texts, plain }: MessageViewing): string {
  return plain(texts.fleet.stranded(businesses.join(" ")));
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
      : viewing.texts.fleet.unknown;
  }
  const { texts, plain } = viewing;
  const left = texts.fleet.left(await deps.fleet.drains.counts(name));
  if (answer.outcome === "drained") return plain(texts.fleet.begun(name, left));
  const { by } = answer.drain;
  const nameOf = await actorNames([by], deps.directory);
  return plain(texts.fleet.before({ name, by: actorText(by, { texts, nameOf }), left }));
}

function prepareUndrain(asked: Asked, deps: ChatClusterDeps): Prepared {
  const { viewing, args } = asked;
  const read = undrainOfWords(args.text ?? "");
  if (read.outcome === "refused") return { outcome: "answer", text: faultText(read.fault, viewing) };
  const { name, skip } = read.order;
  const refused = deps.denied(asked, "clusters.write", { clusters: [name] });
  if (refused !== null) return { outcome: "answer", text: refused };
  if (!deps.fleet.drains.current().has(name))
    return { outcome: "answer", text: viewing.texts.fleet.notDrained };
  const title = `${commandWords("undrain", viewing.texts)} ${name}`;
  const rows = skip === null ? [] : [{ label: viewing.texts.labels.reason, value: skip }];
  const text = viewing.texts.fleet.undrainAsk[skip === null ? "canary" : "skip"];
  return { outcome: "ask", facts: { title, rows, text }, args };
}

async function undrain(asked: Asked, deps: ChatClusterDeps): Promise<string> {
  const { viewing, actor, args } = asked;
  const { fleet } = viewing.texts;
  const read = undrainOfWords(args.text ?? "");
  if (read.outcome === "refused") return faultText(read.fault, viewing);
  const { name, skip } = read.order;
  const refused = deps.denied(asked, "clusters.write", { clusters: [name] });
  if (refused !== null) return refused;
  const answer = await deps.fleet.drains.lift(name, actorName(actor), skip ?? undefined);
  if (answer.outcome === "undrained") {
    return viewing.plain(fleet.undrained(name));
  }
  if (answer.reason === "not_drained") return fleet.notDrained;
  return plainLine(fleet.canaryFailed(name, answer.message), viewing);
}
