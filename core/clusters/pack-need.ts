import { coerce, satisfies, valid } from "semver";
import type { PackReading } from "../ports/action-catalog.ts";

/** A pack that a task's cluster must have, in a version of this range: `{ pack: "disk", range: ">=1.4 <2" }`. */
export interface PackNeed {
  pack: string;
  range: string;
}

/** What keeps a task from a cluster. `pack_unread`: nobody can say at this moment which versions are there. */
export interface PackFault {
  reason: "lacks_pack" | "pack_unread";
  /** For people: what is there, and what is asked for, such as `disk 1.2.0 (>=1.4)`. */
  found: string;
}

/** What is known of a pack on a cluster; undefined: nothing yet. */
export type PackLookup = (cluster: string, pack: string) => PackReading | undefined;

/** The first of some needs that a cluster is not known to meet; null when it meets them all. */
export function packFault(needs: readonly PackNeed[], cluster: string, lookup: PackLookup): PackFault | null {
  for (const { pack, range } of needs) {
    const reading = lookup(cluster, pack) ?? { outcome: "unreachable" };
    if (reading.outcome === "unreachable") return { reason: "pack_unread", found: `${pack} ? (${range})` };
    const version = reading.outcome === "known" ? reading.version : "-";
    if (!isWithin(version, range)) return { reason: "lacks_pack", found: `${pack} ${version} (${range})` };
  }
  return null;
}

/** Packs are versioned `1.2.3`; earlier ones may have left out what is zero. */
function isWithin(version: string, range: string): boolean {
  const exact = valid(version) ?? coerce(version)?.version;
  return exact !== undefined && satisfies(exact, range);
}

/** Needs of several places as one list, each once, sorted; undefined when there are none. */
export function joinedNeeds(...lists: (readonly PackNeed[] | undefined)[]): PackNeed[] | undefined {
  const all = lists.flatMap((list) => list ?? []);
  const once = new Map(all.map((need) => [`${need.pack} ${need.range}`, need]));
  const sorted = [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, need]) => need);
  return sorted.length > 0 ? sorted : undefined;
}
