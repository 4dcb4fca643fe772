import { actorText } from "../../../core/cards/index.ts";
import { type Cluster, type ClusterState, type Drain, STATE_WORDS } from "../../../core/clusters/index.ts";
import { type Actor, authorise } from "../../../core/people/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import type { Fleet } from "../../clusters/index.ts";
import { actorNames } from "../../names.ts";
import type { Guest } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { table, timePart } from "./parts.ts";

export interface ClusterRowDeps {
  fleet: Pick<Fleet, "sightOf" | "drains">;
  clusters: () => readonly Cluster[];
  directory: Pick<Directory, "nameOf">;
  timeZone: string;
}

const TONES: Partial<Record<ClusterState, string>> = {
  up: "good",
  degraded: "warn",
  draining: "warn",
  down: "bad",
};

/** The clusters that somebody may see. */
export function clustersFor(actor: Actor, { clusters }: Pick<ClusterRowDeps, "clusters">): Cluster[] {
  return clusters().filter(({ name }) => {
    return authorise(actor, "clusters.read", { clusters: [name] }).outcome === "allowed";
  });
}

/** How clusters stand, as chat tells it. */
export async function clusterTable(
  clusters: readonly Cluster[],
  { texts }: Pick<Guest, "texts">,
  deps: ClusterRowDeps,
): Promise<Html> {
  const { columns } = texts.console;
  const { rows } = texts.page;
  const heads = [
    ...[columns.cluster, rows.state, columns.since, texts.labels.reason, columns.drain, columns.open],
    ...[columns.version, columns.zone, rows.business],
  ];
  const drains = deps.fleet.drains.current();
  const nameOf = await actorNames(
    [...drains.values()].map(({ by }) => by),
    deps.directory,
  );
  const lines = clusters.map(async (cluster): Promise<Part[]> => {
    const { name, zone, businesses } = cluster;
    const sight = await deps.fleet.sightOf(name);
    const drain = drains.get(name);
    return [
      html`<b>${name}</b>`,
      html`<span class="state ${TONES[sight.state]}">${texts.wordsOf(STATE_WORDS[sight.state])}</span>`,
      sight.state === "up" ? null : timePart(sight.sinceMs, deps.timeZone),
      sight.ill ? texts.wordsOf(sight.ill) : null,
      drain ? await drainPart(name, drain, { texts, nameOf, ...deps }) : null,
      sight.open,
      sight.version,
      zone,
      businesses.join(" "),
    ];
  });
  return table(heads, await Promise.all(lines));
}

async function drainPart(
  name: string,
  { by, at, why, done }: Drain,
  {
    texts,
    nameOf,
    fleet,
    timeZone,
  }: ClusterRowDeps & Pick<Guest, "texts"> & { nameOf: (id: string) => string },
): Promise<Part> {
  const left = done ? texts.fleet.drained : texts.fleet.left(await fleet.drains.counts(name));
  const time = timePart(Date.parse(at), timeZone);
  const who = actorText(by, { texts, nameOf });
  return html`${who} · ${time}${why && ` · ${why}`} · <span class="soft">${left}</span>`;
}
