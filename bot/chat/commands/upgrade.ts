import { actorText } from "../../../core/cards/index.ts";
import {
  type ClusterWords,
  ORDER_FAULTS,
  UPGRADE_PLAN,
  type Upgrade,
  type UpgradeOrder,
  upgradeCode,
  upgradeOfWords,
  upgradeVersions,
  upgradeWords,
} from "../../../core/clusters/index.ts";
import { commandWords } from "../../../core/commands/index.ts";
import { actorName } from "../../../core/people/index.ts";
import type { Directory } from "../../../core/ports/index.ts";
import { obstacleWords, takenWords, type Upgrades } from "../../clusters/index.ts";
import { actorNames } from "../../names.ts";
import type { Asked, ChatCommand, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";
import { drainRows } from "./drain-rows.ts";

export interface ChatUpgradeDeps {
  upgrades: Upgrades;
  directory: Pick<Directory, "nameOf">;
  denied: Denier;
}

type Start = Extract<UpgradeOrder, { what: "start" }>;

const NONE: ClusterWords = { zh: "没有进行过升级", en: "there was no upgrade yet" };
const ASKED: ClusterWords = {
  zh: "已提出，等另一位有权限的人批准",
  en: "asked for; somebody else who may has to approve it",
};

/** The upgrade over clusters: asking for one, deciding about it, going on with it. */
export function upgradeCommand(deps: ChatUpgradeDeps): ChatCommand {
  return { prepare: (asked) => prepare(asked, deps), run: (asked) => run(asked, deps) };
}

async function prepare(asked: Asked, deps: ChatUpgradeDeps): Promise<Prepared> {
  const read = upgradeOfWords(asked.args.text ?? "");
  if (read.outcome === "refused") return { outcome: "answer", text: said(ORDER_FAULTS[read.fault], asked) };
  if (read.order.what !== "start") return { outcome: "straight" };
  const { clusters, order } = read.order;
  const refused = deps.denied(asked, "clusters.write", { clusters });
  if (refused !== null) return { outcome: "answer", text: refused };
  const obstacle = await deps.upgrades.obstacle(clusters, order.force);
  if (obstacle) return { outcome: "answer", text: said(obstacleWords(obstacle), asked) };
  const { texts } = asked.viewing;
  const title = `${commandWords("upgrade", texts)} ${clusters.join(" → ")}`;
  const facts = { title, rows: drainRows(order, texts), text: texts.wordsOf(UPGRADE_PLAN) };
  return { outcome: "ask", facts, args: asked.args };
}

/** Text that holds words of people, made plain. */
function said(words: ClusterWords, { viewing }: Asked): string {
  return viewing.plain(viewing.texts.wordsOf(words));
}

async function run(asked: Asked, deps: ChatUpgradeDeps): Promise<string> {
  const read = upgradeOfWords(asked.args.text ?? "");
  if (read.outcome === "refused") return said(ORDER_FAULTS[read.fault], asked);
  const { order } = read;
  if (order.what === "start") return start(order, asked, deps);
  const upgrade = await deps.upgrades.current();
  const right = order.what === "show" ? "clusters.read" : "clusters.write";
  const refused = upgrade && deps.denied(asked, right, { clusters: upgrade.clusters });
  if (refused !== null) return refused;
  if (order.what === "show") return upgrade ? shown(upgrade, asked, deps) : said(NONE, asked);
  const { what: deed, id, why } = order;
  const by = actorName(asked.actor);
  return said(takenWords(await deps.upgrades.take({ id, deed, why, by, key: asked.key })), asked);
}

async function start({ clusters, order }: Start, asked: Asked, deps: ChatUpgradeDeps): Promise<string> {
  const refused = deps.denied(asked, "clusters.write", { clusters });
  if (refused !== null) return refused;
  const { key, actor } = asked;
  const answer = await deps.upgrades.ask({ clusters, order, by: actorName(actor), key });
  if (answer.outcome === "refused") return said(obstacleWords(answer), asked);
  const code = upgradeCode(answer.upgrade.id);
  return said({ zh: `升级 ${code}：${ASKED.zh}`, en: `upgrade ${code}: ${ASKED.en}` }, asked);
}

async function shown(upgrade: Upgrade, asked: Asked, { directory }: ChatUpgradeDeps): Promise<string> {
  const { by, approvedBy, why } = upgrade;
  const actors = [by, approvedBy ?? []].flat();
  const { texts } = asked.viewing;
  const nameOf = await actorNames(actors, directory);
  const people = actors.map((one) => actorText(one, { texts, nameOf })).join(" → ");
  const versions = upgradeVersions(upgrade).join("\n");
  const lines = (now: string) => [now, [people, why].filter(Boolean).join(" · "), versions].join("\n");
  const { zh, en } = upgradeWords(upgrade);
  return said({ zh: lines(zh), en: lines(en) }, asked);
}
