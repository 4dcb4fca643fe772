import type { Command } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import { printList } from "./listed.ts";
import { terminalZone } from "./local-time.ts";
import { outboxLines, type ShownBudget, type ShownOutbox } from "./outbox-words.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

interface Given {
  lane?: string;
  limit?: string;
}

/** `whale outbox …`: what waits to be sent, asked of the running process. */
export function outboxCommand(whale: Command): void {
  const outbox = whale
    .command("outbox")
    .description("等待发送的消息，向运行中的 Whale 查询 · what waits to be sent, asked of the running Whale")
    .option("--lane <lane>", "approval, result, answer, notice 或 or digest")
    .option("--limit <n>", "至多几条，默认 50 · how many at most")
    .action(list);
  outbox
    .command("budget")
    .argument("<userid>")
    .description("此人现在还能收几条 · how many messages a person may get now")
    .action(budget);
}

async function list({ lane, limit }: Given): Promise<void> {
  const query = new URLSearchParams();
  if (lane !== undefined) query.set("lane", lane);
  if (limit !== undefined) query.set("limit", limit);
  const whale = await runningWhale();
  const shown = (await (await whale.get("/api/v1/outbox", query)).json()) as ShownOutbox;
  const lines = outboxLines(shown, { timeZone: terminalZone(), nowMs: Date.now() });
  printList(lines, "没有等待发送的消息 · nothing waits to be sent");
}

async function budget(userId: string): Promise<void> {
  if (userId.trim() === "") {
    const message = "请给出此人的 userid (name a person by the userid)";
    throw new ChatOpsError(message, { code: "cli.refused" });
  }
  const whale = await runningWhale();
  const answer = await whale.get(`/api/v1/outbox/budgets/${encodeURIComponent(userId)}`);
  const { user, left } = (await answer.json()) as ShownBudget;
  console.log(
    `${plainText(user)}：${Object.entries(left)
      .map(([lane, n]) => `${lane} ${n}`)
      .join("，")}`,
  );
}
