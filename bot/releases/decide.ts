import { type Decider, decidersOf, decidingAs, givenReason } from "../../core/approvals/index.ts";
import type { Actor } from "../../core/people/index.ts";
import { actorName, authorise } from "../../core/people/index.ts";
import { ballotOf, RELEASE_REFUSALS, type Release, type ReleaseDeedName } from "../../core/releases/index.ts";
import type { Decision } from "../../core/tasks/index.ts";
import { textsOf } from "../../core/texts/index.ts";
import { type StandingDeps, standingOf } from "../chat/standing.ts";
import type { Releases } from "./keeper.ts";
import type { ReleaseTaken } from "./moves.ts";

export interface ReleaseDecideDeps extends StandingDeps {
  releases: Pick<Releases, "find" | "take">;
}

/** What somebody wants done with a release that is there. */
export interface ReleaseDeedWish {
  id: string;
  deed: ReleaseDeedName;
  actor: Actor;
  why: string;
  key: string;
  atMs: number;
  /** The `since` of the asking that they had before their eyes; absent where they name none. */
  since?: string;
}

export type ReleaseDone =
  | ReleaseTaken
  /** They may not, as `message` says. */
  | { outcome: "denied"; message: { zh: string; en: string } };

/**
 * Does what a person wants of a release: who approves or rejects must be one of those who are asked, at this moment;
 * for everything else the right `releases.write` on all of its clusters is needed.
 */
export async function doWithRelease(wish: ReleaseDeedWish, deps: ReleaseDecideDeps): Promise<ReleaseDone> {
  const { id, deed, actor, why, key } = wish;
  const release = await deps.releases.find(id);
  if (!release) return { outcome: "refused", reason: "no_such", release: null };
  if (deed === "approve" || deed === "reject") return decide(release, { ...wish, verdict: deed }, deps);
  const barred = mayNot(actor, release);
  if (barred) return { outcome: "denied", message: barred };
  const by = actorName(actor);
  const isBack = deed === "rollback" || deed === "abort";
  const input = isBack ? { kind: deed, by, why: whyText(deed, { by, why }) } : { kind: deed, by };
  return deps.releases.take({ id: release.id, input, key });
}

const WANTED = { rollback: "要求回滚 (wanted it rolled back)", abort: "要求中止 (wanted it ended)" } as const;

/** Who did not let it go on, and why where they say. */
function whyText(deed: keyof typeof WANTED, { by, why }: { by: string; why: string }): string {
  return why === "" ? `${by} ${WANTED[deed]}` : `${by}: ${why}`;
}

/** Why somebody may not change a release; null when they may. */
export function mayNot(
  actor: Actor,
  { clusters }: Pick<Release, "clusters">,
): { zh: string; en: string } | null {
  for (const cluster of clusters) {
    const said = authorise(actor, "releases.write", { clusters: [cluster] });
    if (said.outcome === "denied") return said.message;
  }
  return null;
}

const GROUP_GONE = { zh: textsOf("zh").refusals.group_gone, en: textsOf("en").refusals.group_gone };

async function decide(
  release: Release,
  wish: ReleaseDeedWish & { verdict: Decision["verdict"] },
  deps: ReleaseDecideDeps,
): Promise<ReleaseDone> {
  const { actor, verdict, why, key, atMs, since } = wish;
  if (actor.kind === "local") return { outcome: "denied", message: RELEASE_REFUSALS.no_person };
  const { userId: by } = actor;
  const standing = await standingOf(by, decidersOf(release), deps);
  if (standing.entitlement.outcome === "group_gone") return { outcome: "denied", message: GROUP_GONE };
  if (standing.entitlement.outcome !== "entitled") {
    return { outcome: "refused", reason: "not_entitled", release };
  }
  const decision = (now: Release): Decision | null => {
    // Who was asked about something else has not decided about this.
    if (now.hash !== release.hash || (since !== undefined && now.stage === "asked" && now.since !== since))
      return null;
    const decider = deciderOf(now, { by, ...standing }, verdict);
    const reason = givenReason(why);
    const { round, hash } = now;
    return { verdict, ...decider, atMs, hash, round, clickKey: key, ...(reason === "" ? {} : { reason }) };
  };
  return deps.releases.take({ id: release.id, input: { kind: "decide", by: `user:${by}`, decision }, key });
}

/** As whom they decide; the machine refuses what does not count. */
function deciderOf(
  release: Release,
  person: Parameters<typeof decidingAs>[1],
  verdict: Decision["verdict"],
): Decider {
  const deciding = decidingAs(ballotOf(release), person, verdict);
  if (deciding.outcome === "counts") return deciding.decider;
  const { entitlement, by, standsFor = [] } = person;
  const own = entitlement.outcome === "entitled" ? entitlement.groups : [];
  return { by, groups: own.length > 0 ? own : standsFor.flatMap(({ groups }) => groups) };
}
