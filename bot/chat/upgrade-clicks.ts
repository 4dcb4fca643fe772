import { parseUpgradeCardId, upgradeCard } from "../../core/cards/index.ts";
import { UPGRADE_DEEDS, UPGRADE_FAULTS, type Upgrade, upgradeWords } from "../../core/clusters/index.ts";
import { answersTo } from "../../core/outbox/index.ts";
import { normaliseUserId, type UserActor } from "../../core/people/index.ts";
import type { Clock, Directory, InboxPayload, Logger, Metrics, Outbox } from "../../core/ports/index.ts";
import { actorNames, takenWords, type Upgrades } from "../clusters/index.ts";
import type { RoleFinder } from "../people.ts";
import type { Viewer } from "../workers/index.ts";
import { barred, type Denier } from "./denied.ts";

export interface UpgradeClickDeps {
  upgrades: Pick<Upgrades, "current" | "take">;
  rolesOf: RoleFinder;
  denied: Denier;
  directory: Pick<Directory, "nameOf">;
  view: Viewer;
  outbox: Pick<Outbox, "add">;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

type ClickPayload = Extract<InboxPayload, { kind: "click" }>;

/** What a click came to: what is told, and the upgrade as the card is to show it, absent where the card stays. */
interface Came {
  text: string;
  shown?: Upgrade;
}

/** Carries out one click on an upgrade's card. False when the card is none of an upgrade. */
export async function handleUpgradeClick(
  payload: ClickPayload,
  clickKey: string,
  deps: UpgradeClickDeps,
): Promise<boolean> {
  const card = parseUpgradeCardId(payload.cardId);
  if (!card) return false;
  deps.metrics.count("clicks", { outcome: "upgrade" });
  // The AI bot shows a card as it is after any click.
  if (payload.button === "refresh") return true;
  const { text, shown } = await cameOf(payload, { ...card, key: clickKey }, deps);
  await answer(payload, { text, key: clickKey, ...(shown ? { shown } : {}) }, deps);
  return true;
}

async function cameOf(
  { userId, button }: ClickPayload,
  { id, since, key }: { id: string; since: string; key: string },
  { upgrades, rolesOf, denied, view, log }: UpgradeClickDeps,
): Promise<Came> {
  const by = normaliseUserId(userId);
  const viewing = await view(null, [by]);
  const { texts, plain } = viewing;
  const upgrade = await upgrades.current();
  if (upgrade?.id !== id) return { text: texts.wordsOf(UPGRADE_FAULTS.no_such("")) };
  const actor: UserActor = { kind: "user", userId: by, ...(await rolesOf(by, { fresh: true })) };
  const refused =
    barred(actor, viewing) ?? denied({ actor, viewing }, "clusters.write", { clusters: upgrade.clusters });
  if (refused !== null) return { text: refused };
  const deed = UPGRADE_DEEDS.find((one) => one === button);
  if (!deed) {
    log.warn({ upgrade: id, by, button }, "click on an unknown button");
    return { text: texts.commands.confirm.faults.unknown_button };
  }
  const taken = await upgrades.take({ id, deed, by: `user:${by}`, key, since });
  const text = plain(texts.wordsOf(takenWords(taken)));
  const isOpen =
    taken.outcome === "refused" && taken.reason !== "other_step" && taken.reason !== "wrong_stage";
  return taken.upgrade && !isOpen ? { text, shown: taken.upgrade } : { text };
}

async function answer(
  { userId, cardId, code }: ClickPayload,
  { text, shown, key }: Came & { key: string },
  { outbox, directory, view, clock }: UpgradeClickDeps,
): Promise<void> {
  const to = normaliseUserId(userId);
  const common = { taskId: answersTo(to), lane: 3 as const, dueAtMs: clock.nowMs() };
  const said = { ...common, key: `answer:${key}`, body: { kind: "answer" as const, to, text } };
  if (!shown || code === undefined) return outbox.add([said]);
  const { texts } = await view(null, [to]);
  const nameOf = await actorNames(shown, directory);
  const card = upgradeCard(shown, { texts, nameOf }, texts.wordsOf(upgradeWords(shown)));
  const body = { kind: "confirm" as const, to, cardId, card, code };
  return outbox.add([said, { ...common, key: `answer:${key}:card`, body }]);
}
