import type { ClusterWords } from "../clusters/index.ts";
import { hashOf } from "../ids/index.ts";
import {
  canRollBack,
  deadlineOf,
  isLastCluster,
  placesWords,
  problemWords,
  RELEASE_STAGE_WORDS,
  type Release,
  type ReleaseDeedName,
  releaseApprovers,
  releaseCode,
  releaseWords,
} from "../releases/index.ts";
import type { ButtonsView, CardButton, CardLine, Tone } from "./card.ts";
import { actorText } from "./deciders.ts";
import { clockTime, joined, QUOTE_CHARACTERS, refreshButton, TEXT_CHARACTERS } from "./parts.ts";
import { shorten } from "./shorten.ts";
import type { Viewing } from "./viewing.ts";

const BUTTONS: Readonly<Record<ReleaseDeedName, { words: ClusterWords; tone: Tone }>> = {
  approve: { words: { zh: "批准", en: "Approve" }, tone: "primary" },
  reject: { words: { zh: "拒绝", en: "Reject" }, tone: "danger" },
  pause: { words: { zh: "到下一集群前暂停", en: "Pause" }, tone: "neutral" },
  resume: { words: { zh: "继续", en: "Go on" }, tone: "primary" },
  retry: { words: { zh: "再试", en: "Try again" }, tone: "primary" },
  rollback: { words: { zh: "回滚", en: "Roll back" }, tone: "danger" },
  abort: { words: { zh: "中止", en: "Abort" }, tone: "danger" },
};
const TITLE: ClusterWords = { zh: "发布", en: "Release" };
const PLAN: ClusterWords = { zh: "变化", en: "What changes" };
const PLACES: ClusterWords = { zh: "集群", en: "Clusters" };
const ASKED_BY: ClusterWords = { zh: "提出", en: "Asked by" };
const APPROVED_BY: ClusterWords = { zh: "批准", en: "Approved by" };
const UNTIL: ClusterWords = { zh: "截止", en: "Until" };
const IMAGE: ClusterWords = { zh: "镜像", en: "Image" };
const SAME: ClusterWords = { zh: "内容没有变化", en: "its content does not change" };
/** A quote on a card is one paragraph. */
const BREAK: ClusterWords = { zh: "；", en: "; " };
const STEPS: ClusterWords = {
  zh: "逐个集群：排空，更换 worker 和其他部分，注册内容，试运行，恢复启动。失败自动回滚该集群。",
  en: "Each cluster in turn: drained, new image, content registered, canary, back. What fails is rolled back by itself.",
};

/** What people can do about a release now. */
export function releaseDeeds(release: Release): ReleaseDeedName[] {
  const back: ReleaseDeedName[] = canRollBack(release) ? ["rollback"] : [];
  switch (release.stage) {
    case "asked":
      return ["approve", "reject"];
    case "rolling":
      return [...pauseDeeds(release), ...back];
    case "paused":
      return ["resume", ...back, "abort"];
    case "stopped":
      return ["retry", "abort"];
    case "starting":
      return ["abort"];
    case "back":
      return [];
    case "done":
    case "rolled_back":
    case "aborted":
    case "rejected":
    case "expired":
      return back;
    default:
      return release.stage satisfies never;
  }
}

/** Behind the last cluster there is nothing to wait before. */
function pauseDeeds(release: Release): ReleaseDeedName[] {
  if (release.pausing) return ["resume"];
  return isLastCluster(release) ? [] : ["pause"];
}

/** The card of a release as it stands now; what people can do about it are its buttons. */
export function releaseCard(
  release: Release,
  { texts, nameOf, timeZone }: Pick<Viewing, "texts" | "nameOf" | "timeZone">,
): ButtonsView {
  const { wordsOf } = texts;
  const { id, stage, title, why } = release;
  const isAsked = stage === "asked";
  const deeds = releaseDeeds(release).map((deed): CardButton => {
    const { words, tone } = BUTTONS[deed];
    return { key: deed, text: wordsOf(words), tone };
  });
  const isOpen = deeds.length > 0 || stage === "back";
  const told = wordsOf(releaseWords(release));
  return {
    ...{ source: texts.brand, tone: toneOf(release) },
    title: `${wordsOf(TITLE)} ${releaseCode(id)} ${title}`,
    subtitle: why,
    text: shorten(
      isAsked ? joined(wordsOf(problemWords(release.problem?.message ?? "")), wordsOf(STEPS)) : told,
      TEXT_CHARACTERS,
    ),
    rows: rowsOf(release, { texts, nameOf, timeZone }),
    quote: isAsked
      ? { title: wordsOf(PLAN), text: shorten(planText(release, wordsOf, wordsOf(BREAK)), QUOTE_CHARACTERS) }
      : { title: wordsOf(PLACES), text: shorten(wordsOf(placesWords(release)), QUOTE_CHARACTERS) },
    buttons: isOpen ? [...deeds, refreshButton(texts)] : [],
    ...(isOpen ? {} : { closed: wordsOf(RELEASE_STAGE_WORDS[stage]) }),
  };
}

function toneOf({ stage }: Release): Tone {
  if (stage === "stopped" || stage === "rolled_back") return "danger";
  if (stage === "done") return "good";
  return stage === "asked" || stage === "rolling" || stage === "back" ? "primary" : "neutral";
}

function rowsOf(
  release: Release,
  { texts, nameOf, timeZone }: Pick<Viewing, "texts" | "nameOf" | "timeZone">,
): CardLine[] {
  const { wordsOf } = texts;
  const { by, image, clusters, stage } = release;
  const names = releaseApprovers(release).map(nameOf);
  const approved = names.length > 0 ? [{ label: wordsOf(APPROVED_BY), value: names.join(" ") }] : [];
  const until =
    stage === "asked" ? [{ label: wordsOf(UNTIL), value: clockTime(deadlineOf(release), timeZone) }] : [];
  return [
    { label: wordsOf(ASKED_BY), value: actorText(by, { texts, nameOf }) },
    ...approved,
    { label: wordsOf(IMAGE), value: image.digest.slice(0, 19) },
    { label: wordsOf(PLACES), value: clusters.join(" ") },
    ...until,
  ];
}

function planText(
  { plan }: Pick<Release, "plan">,
  wordsOf: (words: ClusterWords) => string,
  between: string,
): string {
  const lines = plan.lines.map((line) => wordsOf(line).trimStart());
  return (lines.length > 0 ? lines : [wordsOf(SAME)]).join(between);
}

/** The plan whole, for a message beside the card. */
export function releasePlanText(
  release: Pick<Release, "plan">,
  wordsOf: (words: ClusterWords) => string,
): string {
  return planText(release, wordsOf, "\n");
}

/** The id of the card that one person gets of one step. */
export function releaseCardId({ id, since }: Pick<Release, "id" | "since">, to: string): string {
  return `${id}@${Date.parse(since)}-${hashOf(to).slice(0, 12)}`;
}

/** The release, and the `since` of the step, that a card is about; null when it is none of a release. */
export function parseReleaseCardId(text: string): { id: string; since: string } | null {
  const match = /^(r_[0-9a-z]{26})@(\d{1,15})-[0-9a-f]{12}$/.exec(text);
  return match?.[1] && match[2] ? { id: match[1], since: new Date(Number(match[2])).toISOString() } : null;
}
