import { approvePolicyFile } from "../../bot/wire-tools.ts";
import { click, openCard, post, type SeenCard, type World } from "../support/world.ts";

/** An event type for stories that need no machine: `host` is its subject. */
export const drillType = {
  "event-types/drill.yaml": {
    type: "drill",
    title: "演练",
    owner: "tests",
    subject: "{{ detail.host }}",
  },
};

/** The file of a rule that takes drills, asks sre-oncall once and does nothing; name what differs. */
export function drillRule(overrides: Record<string, unknown> = {}): Record<string, object> {
  const rule = {
    id: "drill",
    title: "演练",
    on: ["drill"],
    business: "shop",
    action: "core.noop",
    approval: { from: { tag: "sre-oncall" } },
    report: { to: { tag: "sre-oncall" } },
    ...overrides,
  };
  return { ...drillType, [`rules/${rule.id}.yaml`]: rule };
}

/** Posts a drill; two with the same id are one delivery. */
export async function drill(world: World, id: string, fields: Record<string, unknown> = {}): Promise<void> {
  const body = { event_type: "drill", id, detail: { host: "h1" }, ...fields };
  const answer = await post(world, "generic", JSON.stringify(body));
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** A policy under which actions run without asking, approved as the command line does it. */
export function lookingPolicy(actions: readonly string[] = ["core.noop"]): Record<string, string> {
  const inHalfAYear = new Date(Date.now() + 180 * 86_400_000).toISOString().slice(0, 10);
  const text = `id: looking\nactions: [${actions.join(", ")}]\nmode: auto\nexpires: ${inHalfAYear}\n`;
  const approved = approvePolicyFile({ file: "looking.yaml", text, by: "wangwu" });
  if (approved.outcome === "refused") throw new Error(approved.message);
  return { "policies/looking.yaml": approved.text };
}

/** Looks again soon, so that stories about lost answers are short. */
export const SOON = { lookBaseMs: 60, lookMaxMs: 120, notSentBaseMs: 60, notSentMaxMs: 120 };

/** A drill whose card somebody has approved. */
export async function approved(world: World): Promise<SeenCard> {
  await drill(world, "1");
  const card = await openCard(world, "演练");
  await click(world, card, "approve");
  return card;
}
