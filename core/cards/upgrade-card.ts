import {
  type ClusterWords,
  UPGRADE_PLAN,
  type Upgrade,
  type UpgradeDeedName,
  type UpgradeStage,
  upgradeCode,
  upgradeVersions,
  upgradeWords,
} from "../clusters/index.ts";
import { hashOf } from "../ids/index.ts";
import type { ButtonsView, CardButton, Tone } from "./card.ts";
import { joined, QUOTE_CHARACTERS, TEXT_CHARACTERS } from "./parts.ts";
import { shorten } from "./shorten.ts";
import type { Viewing } from "./viewing.ts";

type Offered = readonly { deed: UpgradeDeedName; words: ClusterWords; tone: Tone }[];

const ABORT = { deed: "abort", words: { zh: "中止", en: "Abort" }, tone: "danger" } as const;
/** What people can do about an upgrade at a stage where it needs one. */
const OFFERED: Readonly<Partial<Record<UpgradeStage, Offered>>> = {
  asked: [
    { deed: "approve", words: { zh: "批准", en: "Approve" }, tone: "primary" },
    { deed: "reject", words: { zh: "拒绝", en: "Reject" }, tone: "danger" },
  ],
  upgrading: [{ deed: "confirm", words: { zh: "已升级", en: "Upgraded" }, tone: "primary" }, ABORT],
  stopped: [{ deed: "retry", words: { zh: "再试", en: "Try again" }, tone: "primary" }, ABORT],
};
const TITLE: ClusterWords = { zh: "集群升级", en: "Upgrade of clusters" };
const CLUSTERS: ClusterWords = { zh: "集群与版本", en: "Clusters and versions" };
const ASKED_BY: ClusterWords = { zh: "提出", en: "Asked by" };
const APPROVED_BY: ClusterWords = { zh: "批准", en: "Approved by" };

/** Whether it waits for a person, who then gets a card with buttons. */
export function waitsForPerson({ stage }: Pick<Upgrade, "stage">): boolean {
  return OFFERED[stage] !== undefined;
}

/** The card on which people decide about an upgrade; `closed` is what stands in place of its buttons later on. */
export function upgradeCard(
  upgrade: Upgrade,
  { texts, nameOf }: Pick<Viewing, "texts" | "nameOf">,
  closed?: string,
): ButtonsView {
  const { wordsOf } = texts;
  const { stage, by, approvedBy, why } = upgrade;
  const versions = joined(...upgradeVersions(upgrade));
  const approved =
    approvedBy === undefined ? [] : [{ label: wordsOf(APPROVED_BY), value: nameOf(approvedBy) }];
  const plan = stage === "asked" ? wordsOf(UPGRADE_PLAN) : "";
  const view: ButtonsView = {
    ...{ source: texts.brand, tone: stage === "stopped" ? "danger" : "primary" },
    title: `${wordsOf(TITLE)} ${upgradeCode(upgrade.id)}`,
    subtitle: why,
    text: shorten(plan === "" ? wordsOf(upgradeWords(upgrade)) : plan, TEXT_CHARACTERS),
    rows: [{ label: wordsOf(ASKED_BY), value: nameOf(by) }, ...approved],
    quote: { title: wordsOf(CLUSTERS), text: shorten(versions, QUOTE_CHARACTERS) },
    buttons: (OFFERED[stage] ?? []).map((one): CardButton => {
      return { key: one.deed, text: wordsOf(one.words), tone: one.tone };
    }),
  };
  return closed === undefined ? view : { ...view, tone: "neutral", buttons: [], closed };
}

/** The id of the card that one person gets of one step: another step never takes its clicks. */
export function upgradeCardId({ id, since }: Pick<Upgrade, "id" | "since">, to: string): string {
  return `${id}@${Date.parse(since)}-${hashOf(to).slice(0, 12)}`;
}

/** The upgrade, and the `since` of the step, that a card is about; null when it is none of an upgrade. */
export function parseUpgradeCardId(text: string): { id: string; since: string } | null {
  const match = /^(u_[0-9a-z]{26})@(\d{1,15})-[0-9a-f]{12}$/.exec(text);
  return match?.[1] && match[2] ? { id: match[1], since: new Date(Number(match[2])).toISOString() } : null;
}
