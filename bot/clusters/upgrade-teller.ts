import { upgradeCard, upgradeCardId, waitsForPerson } from "../../core/cards/index.ts";
import {
  type ClusterWords,
  isUpgradeOver,
  UPGRADE_FAULTS,
  type Upgrade,
  upgradeVersions,
  upgradeWords,
} from "../../core/clusters/index.ts";
import { type People, personNamed, type Role, rolesGranting } from "../../core/people/index.ts";
import type { Clock, Directory, Outbox, OutboxBody, OutboxItem } from "../../core/ports/index.ts";
import type { Texts } from "../../core/texts/index.ts";
import type { Languages } from "../languages/index.ts";

export interface UpgradeTellerDeps {
  roles: () => readonly Role[];
  directory: Pick<Directory, "expand" | "nameOf">;
  /** Who is told of clusters besides; null when nobody is named. */
  admin: People | null;
  textsFor: Languages["textsFor"];
  /** The groups that some clusters report to, each once. */
  groupsOf: (clusters: readonly string[]) => string[];
  /** The texts of a message to a group. */
  groupTexts: () => Promise<Texts>;
  /** Makes text of people plain in the channel's markup. */
  plain: (text: string) => string;
  outbox: Pick<Outbox, "add">;
  clock: Clock;
}

/**
 * Tells people where an upgrade stands: a card with buttons to whoever may decide, where it waits for one of them, else
 * a text to all of these. A check is not told: what comes of it is.
 */
export function upgradeTeller(deps: UpgradeTellerDeps): (upgrade: Upgrade) => Promise<void> {
  return async (upgrade) => {
    if (upgrade.stage === "checking") return;
    const deciders = await decidersOf(upgrade, deps);
    const items = waitsForPerson(upgrade)
      ? await cardsFor(upgrade, deciders, deps)
      : await textsTo(await hearersOf(upgrade, deciders, deps), { upgrade, words: told(upgrade) }, deps);
    await deps.outbox.add([...items, ...(await groupItems(upgrade, deps))]);
  };
}

/** The same for the groups of its clusters: who may not decide may well see who does. */
async function groupItems(upgrade: Upgrade, deps: UpgradeTellerDeps): Promise<OutboxItem[]> {
  const { wordsOf } = await deps.groupTexts();
  return deps.groupsOf(upgrade.clusters).map((group) => {
    const to = `group:${group}`;
    if (waitsForPerson(upgrade)) {
      const body = { kind: "group_card" as const, group, cardId: upgradeCardId(upgrade, to) };
      return itemOf({ upgrade, to, body, lane: 1 }, deps);
    }
    const text = deps.plain(wordsOf(told(upgrade)));
    return itemOf({ upgrade, to, body: { kind: "group_text", group, text }, lane: 4 }, deps);
  });
}

/** Whoever may do it on all of its clusters; who asked for it does not approve it. */
async function decidersOf(upgrade: Upgrade, { roles, directory }: UpgradeTellerDeps): Promise<string[]> {
  const granting = rolesGranting(roles(), "clusters.write", { clusters: upgrade.clusters });
  const people = new Set((await Promise.all(granting.map(({ of }) => directory.expand(of)))).flat());
  if (upgrade.stage === "asked") people.delete(personNamed(upgrade.by) ?? "");
  return [...people];
}

async function hearersOf(
  { by }: Upgrade,
  deciders: readonly string[],
  { directory, admin }: UpgradeTellerDeps,
): Promise<string[]> {
  const asker = personNamed(by);
  const admins = admin === null ? [] : await directory.expand(admin);
  return [...new Set([...deciders, ...admins, ...(asker === null ? [] : [asker])])];
}

async function cardsFor(
  upgrade: Upgrade,
  deciders: readonly string[],
  deps: UpgradeTellerDeps,
): Promise<OutboxItem[]> {
  if (deciders.length === 0) {
    const words = upgrade.stage === "asked" ? UPGRADE_FAULTS.nobody("") : told(upgrade);
    return textsTo(await hearersOf(upgrade, [], deps), { upgrade, words }, deps);
  }
  const nameOf = await actorNames(upgrade, deps.directory);
  const items = deciders.map(async (to) => {
    const card = upgradeCard(upgrade, { texts: await deps.textsFor(to), nameOf });
    const body = { kind: "confirm" as const, to, cardId: upgradeCardId(upgrade, to), card };
    return itemOf({ upgrade, to, body, lane: 1 }, deps);
  });
  return Promise.all(items);
}

async function textsTo(
  people: readonly string[],
  { upgrade, words }: { upgrade: Upgrade; words: ClusterWords },
  deps: UpgradeTellerDeps,
): Promise<OutboxItem[]> {
  const items = people.map(async (to) => {
    const text = deps.plain((await deps.textsFor(to)).wordsOf(words));
    return itemOf({ upgrade, to, body: { kind: "answer", to, text }, lane: 4 }, deps);
  });
  return Promise.all(items);
}

interface Telling {
  upgrade: Upgrade;
  to: string;
  body: OutboxBody;
  lane: OutboxItem["lane"];
}

function itemOf({ upgrade, to, body, lane }: Telling, { clock }: UpgradeTellerDeps): OutboxItem {
  const { id, since } = upgrade;
  return { key: `upgrade:${id}:${since}:${to}`, taskId: null, lane, body, dueAtMs: clock.nowMs() };
}

function told(upgrade: Upgrade): ClusterWords {
  const { zh, en } = upgradeWords(upgrade);
  const versions = isUpgradeOver(upgrade) ? `\n${upgradeVersions(upgrade).join("\n")}` : "";
  return { zh: zh + versions, en: en + versions };
}

/** The names of those whom an upgrade names, as people read them. */
export async function actorNames(
  { by, approvedBy = by }: Upgrade,
  directory: Pick<Directory, "nameOf">,
): Promise<(actor: string) => string> {
  const names = new Map<string, string>();
  for (const actor of [by, approvedBy]) {
    const person = personNamed(actor);
    if (person !== null) names.set(actor, await directory.nameOf(person));
  }
  return (actor) => names.get(actor) ?? actor;
}
