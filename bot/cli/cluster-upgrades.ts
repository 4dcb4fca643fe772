import type { Command } from "commander";
import { type Upgrade, upgradeVersions, upgradeWords } from "../../core/clusters/index.ts";
import { type DrainOptions, drainOptions } from "./drain-options.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

const PATH = "/api/v1/upgrades";

/** `whale clusters upgrade …`: asks the running Whale. It is approved in chat. */
export function upgradeCommands(clusters: Command): void {
  const upgrade = clusters.command("upgrade").description("逐个升级集群 · one cluster after the other");
  upgrade.command("show", { isDefault: true }).description("进展 · how it stands").action(show);
  drainOptions(upgrade.command("ask"))
    .argument("<names...>", "集群，按先后 · clusters in their order")
    .description("提出；在聊天里由另一人批准 · asks for one; somebody else approves it in chat")
    .action(ask);
  for (const { word, deed, about } of DEEDS) {
    upgrade
      .command(word)
      .argument("<id>", "编号，或其末几位 · its id, or the end of it")
      .option("--why <text>", "原因 · why", "")
      .description(about)
      .action((id: string, { why }: { why: string }) => act(id, deed, why));
  }
}

const DEEDS = [
  { word: "done", deed: "confirm", about: "集群已升级，请核对 · its cluster is upgraded: check it" },
  { word: "retry", deed: "retry", about: "停下后再试 · try again after it stopped" },
  { word: "abort", deed: "abort", about: "中止 · end it here" },
  { word: "reject", deed: "reject", about: "不批准 · do not approve it" },
] as const;

interface Answer {
  upgrade: Upgrade | null;
}

async function show(): Promise<void> {
  const whale = await runningWhale();
  await print(await whale.get(PATH));
}

async function ask(clusters: string[], options: DrainOptions): Promise<void> {
  const whale = await runningWhale();
  await print(await whale.post(PATH, { clusters, ...options }));
}

async function act(id: string, deed: string, why: string): Promise<void> {
  const whale = await runningWhale();
  await print(await whale.post(`${PATH}/${encodeURIComponent(id)}/${deed}`, { why }));
}

async function print(answer: Response): Promise<void> {
  const { upgrade } = (await answer.json()) as Answer;
  console.log(upgrade === null ? "没有进行过升级 · there was no upgrade yet" : upgradeText(upgrade));
}

/** An upgrade on some lines. */
export function upgradeText(upgrade: Upgrade): string {
  const { id, by, approvedBy, why } = upgrade;
  const { zh, en } = upgradeWords(upgrade);
  const people = [by, approvedBy].filter(Boolean).join(" → ");
  const facts = [id, people, why].filter(Boolean).join(" · ");
  return [zh, en, facts, ...upgradeVersions(upgrade)].map((line) => plainText(line)).join("\n");
}
