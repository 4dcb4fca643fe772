/** Everything that a person may be let do. A route, a command or a button names one of these. */
export const RIGHTS = [
  "events.read",
  "events.send",
  "events.replay",
  "archive.read",
  "archive.retry",
  "types.read",
  "types.write",
  "rules.read",
  "tasks.read",
  "tasks.control",
  "tasks.run",
  "audit.read",
  "mutes.read",
  "mutes.write",
  "delegations.read",
  "delegations.write",
  "outbox.read",
  "health.read",
  "config.reload",
  "clusters.read",
  "clusters.write",
  "stops.write",
  "packs.read",
  "packs.build",
  "releases.read",
  "releases.write",
] as const;

export type Right = (typeof RIGHTS)[number];

const AREAS = [...new Set(RIGHTS.map((right) => right.slice(0, right.indexOf("."))))];

/** Everything that a file may write for rights: one of them, all of an area (`events.*`), or all (`*`). */
export const WRITTEN_RIGHTS: readonly string[] = [...RIGHTS, ...AREAS.map((area) => `${area}.*`), "*"];

/** The rights that a word of a file means; none when it is no right. */
export function rightsMeant(written: string): readonly Right[] {
  if (written === "*") return RIGHTS;
  if (written.endsWith(".*")) return RIGHTS.filter((right) => right.startsWith(written.slice(0, -1)));
  return RIGHTS.filter((right) => right === written);
}

/** The rights that the words of a file mean together, in the order of `RIGHTS`, each once. */
export function expandRights(written: readonly string[]): Right[] {
  const meant = new Set(written.flatMap(rightsMeant));
  return RIGHTS.filter((right) => meant.has(right));
}
