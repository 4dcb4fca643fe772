import type { Context } from "koa";
import { type GuestDeps, guestOf, mayEnter } from "../guest.ts";
import { html } from "../html.ts";
import { type ClusterRowDeps, clustersFor, clusterTable } from "./cluster-rows.ts";
import { showGuest } from "./parts.ts";

export interface ClusterPageDeps extends GuestDeps, ClusterRowDeps {
  directory: GuestDeps["directory"];
}

/** `GET /clusters`: how each cluster stands that the guest may see. */
export async function showClusters(ctx: Context, deps: ClusterPageDeps): Promise<void> {
  const guest = await guestOf(ctx, deps);
  if (!guest || !mayEnter(ctx, guest, { right: "clusters.read", on: "some", deps })) return;
  const { texts } = guest;
  const title = texts.console.places.clusters;
  const clusters = clustersFor(guest.actor, deps);
  const none = html`<p>${texts.commands.clusters.none}</p>`;
  const rows = clusters.length > 0 ? await clusterTable(clusters, guest, deps) : none;
  const main = html`<h1>${title}</h1><section>${rows}</section>`;
  showGuest(ctx, deps.site, { guest, title, main });
}
