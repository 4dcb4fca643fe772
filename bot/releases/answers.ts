import { clockTimeOf } from "../../core/cards/index.ts";
import type { ClusterWords } from "../../core/clusters/index.ts";
import { type Actor, authorise } from "../../core/people/index.ts";
import {
  driftWords,
  RELEASE_REFUSALS,
  RELEASE_STAGE_WORDS,
  type Release,
  releaseCode,
  releaseWords,
} from "../../core/releases/index.ts";
import type { ReleaseAsked } from "./asking.ts";
import type { ReleaseDone } from "./decide.ts";
import type { ClusterDrift } from "./drift.ts";

/** What became of what somebody wanted. */
export function releaseDoneWords(done: ReleaseDone): ClusterWords {
  if (done.outcome === "denied") return done.message;
  return done.outcome === "refused" ? RELEASE_REFUSALS[done.reason] : releaseWords(done.release);
}

/** What became of asking for one. */
export function releaseAskedWords(asked: ReleaseAsked): ClusterWords {
  if (asked.outcome !== "refused") {
    const code = releaseCode(asked.release.id);
    return {
      zh: `发布 ${code} 已提出，等待批准`,
      en: `release ${code} is asked for, and waits for approval`,
    };
  }
  if (asked.reason === "no_terms") return { zh: asked.zh, en: asked.en };
  const { cluster, by } = asked;
  return { zh: `${cluster} 正在 ${by} 中`, en: `${cluster} is in ${by} now` };
}

/** Whether somebody may see a release: whoever may on its clusters, and who asked for it. */
export function maySeeRelease(actor: Actor, { clusters, by }: Pick<Release, "clusters" | "by">): boolean {
  if (actor.kind === "user" && by === `user:${actor.userId}`) return true;
  return authorise(actor, "releases.read", { clusters }).outcome === "allowed";
}

/** One release on one line of a list; `asker` is who asked for it, as people read it. */
export function releaseLine(
  { id, at, title, set, stage, clusters }: Release,
  { timeZone, asker }: { timeZone: string; asker: string },
): ClusterWords {
  const said = RELEASE_STAGE_WORDS[stage];
  const facts = [`${title} (${set})`, clusters.join(" "), asker, clockTimeOf(at, timeZone)];
  return {
    zh: [`${releaseCode(id)} ${said.zh}`, ...facts].join(" · "),
    en: [`${releaseCode(id)} ${said.en}`, ...facts].join(" · "),
  };
}

/** How one cluster stands against its last release, on one line. */
export function driftLine(drift: ClusterDrift): ClusterWords {
  const { cluster } = drift;
  switch (drift.outcome) {
    case "none":
      return { zh: `${cluster}：没有发布过`, en: `${cluster}: nothing was released to it` };
    case "held":
      return { zh: `${cluster}：有未结束的发布`, en: `${cluster}: a release of it is not over` };
    case "unreadable":
      return {
        zh: `${cluster}：读不到：${drift.message}`,
        en: `${cluster}: cannot be read: ${drift.message}`,
      };
    case "same": {
      const code = releaseCode(drift.wanted.release);
      return { zh: `${cluster}：与发布 ${code} 一致`, en: `${cluster}: as release ${code} left it` };
    }
    case "differs": {
      const told = drift.findings.map(driftWords);
      return {
        zh: `${cluster}：${told.map(({ zh }) => zh).join("；")}`,
        en: `${cluster}: ${told.map(({ en }) => en).join("; ")}`,
      };
    }
    default:
      return drift satisfies never;
  }
}
