import {
  lastAt,
  packsLeft,
  type Release,
  type Role,
  releaseCluster,
  vanishedOf,
} from "../../core/releases/index.ts";
import { type Deed, type Done, failed, open, type ReleaseDeedDeps, STEPPED } from "./step.ts";

/** Reads a cluster as it is, and asks whether it would take the image. */
export async function look(
  release: Release,
  { isLate, strategy }: Deed<"look">,
  deps: ReleaseDeedDeps,
): Promise<Done> {
  const { rollouts, registry, state } = deps;
  const cluster = releaseCluster(release);
  const parts = await rollouts.read(cluster, strategy);
  if (!parts.some(({ role }) => role === "workers"))
    return failed(`${cluster} 没有 worker (it has no workers)`);
  const { id, image } = release;
  for (const role of new Set(parts.map((part) => part.role))) {
    const order = { cluster, strategy, role, image: image.reference, release: id, dryRun: true };
    const said = await rollouts.set(order);
    if (said.outcome === "refused") return failed(`${cluster} ${role}: ${said.message}`);
    if (said.outcome !== "set") return open(isLate, `${cluster} ${role}: ${said.message}`);
  }
  const releases = (await state.list("release")).map(({ body }) => body);
  const before = lastAt(
    cluster,
    releases.filter((one) => one.set === release.set && one.id !== id),
  );
  const former = before?.places[cluster]?.stands === "new" ? before.packs : null;
  const left = packsLeft(cluster, release.set, releases);
  const refs = [...new Set([...release.packs, ...left].map(({ ref }) => ref))];
  const packs = await registry.registered(cluster, refs);
  const vanished = vanishedOf(release, { registered: packs, former });
  return { kind: "looked", parts, packs, vanished };
}

/** Orders the images of some parts; what is ordered already is left as it is. */
export async function set(release: Release, deed: Deed<"set">, { rollouts }: ReleaseDeedDeps): Promise<Done> {
  const { parts, strategy, isLate, reason } = deed;
  const cluster = releaseCluster(release);
  for (const part of parts) {
    const said = await rollouts.set({ cluster, strategy, ...part });
    if (said.outcome === "refused") return failed(`${cluster} ${part.role}: ${said.message}`);
    if (said.outcome !== "set") return open(isLate, `${cluster} ${part.role}: ${said.message}`);
    const before = release.places[cluster]?.parts.filter(({ role }) => role === part.role) ?? [];
    const known = [part.image, ...before.map(({ image }) => image)];
    if (reason === "new" && !known.includes(said.before)) return failed(changedText(cluster, part.role));
  }
  return STEPPED;
}

function changedText(cluster: string, role: string): string {
  return `${cluster} ${role} 被别人改过 (somebody else has changed it meanwhile)`;
}

/** Whether all of some parts run what was ordered, and nobody has changed it meanwhile. */
export async function watch(
  release: Release,
  deed: Deed<"watch">,
  { rollouts }: ReleaseDeedDeps,
): Promise<Done> {
  const { parts, strategy, isLate } = deed;
  if (parts.length === 0) return STEPPED;
  const cluster = releaseCluster(release);
  for (const { role, image, release: mark } of parts) {
    const seen = await rollouts.state({ cluster, role, image, release: mark });
    if (seen.outcome === "done") continue;
    const where = `${cluster} ${role}`;
    if (seen.outcome === "open") return open(isLate, `${where}: ${seen.message}`);
    if (seen.outcome === "failed") return failed([`${where}: ${seen.message}`, ...seen.problems].join("; "));
    return open(isLate, [`${where} ${seen.ready}/${seen.wanted}`, ...seen.problems].join("; "));
  }
  const live = await rollouts.read(cluster, strategy);
  const isThere = (role: Role, image: string) => {
    const found = live.filter((one) => one.role === role);
    return found.length > 0 && found.every((one) => one.image === image);
  };
  const other = parts.find(({ role, image }) => !isThere(role, image));
  return other ? failed(changedText(cluster, other.role)) : STEPPED;
}
