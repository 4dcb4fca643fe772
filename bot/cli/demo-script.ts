import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import type { WecomSimulator } from "../../fixtures/simulators/wecom/index.ts";
import type { DemoWorld } from "./demo-world.ts";
import { fixture } from "./fixture-path.ts";

const PERSON = "zhangsan";
const STEP_TIMEOUT_MS = 20_000;

/** One line of the timeline. */
export interface TimelineLine {
  atMs: number;
  text: string;
}

/** Tells a line as it happens. */
export type Tell = (text: string) => void;

/** Plays the samples through the real HTTP paths. Throws `demo.step` naming the step that failed. */
export async function playScript(world: DemoWorld, tell: Tell): Promise<void> {
  await checkCallback(world, tell);
  await playDisk(world, tell);
  await playDmesg(world, tell);
}

async function checkCallback({ wecom }: DemoWorld, tell: Tell): Promise<void> {
  const check = await wecom.verifyUrl();
  if (check.outcome === "refused") fail("企业微信回调地址校验 (callback check)", check.message);
  tell("企业微信回调地址校验通过 · callback address verified");
}

async function playDisk(world: DemoWorld, tell: Tell): Promise<void> {
  const started = performance.now();
  const logs = join(world.vms, "vm-shop-db-03", "var", "log");
  const before = countFiles(logs);
  await postAlert(world, "firing-vm-disk-full.json", tell);
  const card = await openCard(world.wecom, "磁盘清理");
  tell(`卡片到达 · card: ${card.title}`);
  const clicked = performance.now();
  await press(world.wecom, card.taskId, "approve");
  tell(`${PERSON} 点击 批准 · clicked approve (encrypted callback answered)`);
  const closed = await closedCard(world.wecom, card.taskId);
  const finished = performance.now();
  tell(`卡片更新 · card now: ${closed.subtitle} ${closed.rows}`);
  const after = countFiles(logs);
  tell(`磁盘上的旧日志 · files below /var/log on the machine: ${before} → ${after}`);
  if (after >= before) fail("清理 (cleanup)", "no file was removed");
  const total = Math.round(finished - started);
  tell(
    `从告警到完成 ${total} ms，其中批准之后 ${Math.round(finished - clicked)} ms · POST to finished action`,
  );
}

async function playDmesg(world: DemoWorld, tell: Tell): Promise<void> {
  const { wecom } = world;
  await postAlert(world, "firing-dmesg-oom.json", tell);
  const card = await openCard(wecom, "内核日志");
  tell(`卡片到达 · card: ${card.title}`);
  await press(wecom, card.taskId, "offer:view");
  const lines = await message(wecom, "Out of memory");
  tell(`查看：按只读策略直接执行，贴出 ${lines.split("\n").length} 行 · view ran under the read-only policy`);
  await press(wecom, card.taskId, "approve");
  const closed = await closedCard(wecom, card.taskId);
  tell(`清空：${closed.subtitle} ${closed.rows} · clear ran after approval`);
  const ring = join(world.vms, "vm-pay-app-07", "var", "run", "kmsg");
  if (readFileSync(ring, "utf8").trim() !== "")
    fail("清空内核日志 (dmesg.clear)", "the kernel log still has lines");
}

/** Posts a sample alert to the demo's open source. */
export async function postAlert({ url }: DemoWorld, file: string, tell: Tell): Promise<void> {
  const body = readFileSync(fixture("events", "alertmanager", file));
  const headers = { "content-type": "application/json", "user-agent": "Alertmanager/0.28.1" };
  const answer = await fetch(`${url}/hooks/alertmanager`, { method: "POST", body, headers });
  if (answer.status !== 202)
    fail(`POST /hooks/alertmanager ${file}`, `${answer.status} ${await answer.text()}`);
  tell(`POST /hooks/alertmanager ${file} → 202`);
}

interface SeenCard {
  taskId: string;
  title: string;
}

/** A card with this title whose buttons can be clicked. */
async function openCard(wecom: WecomSimulator, title: string): Promise<SeenCard> {
  const look = () => {
    for (const item of wecom.chats()[PERSON] ?? []) {
      if (item.kind !== "card" || item.card.taskId === null || item.card.greyed !== null) continue;
      if (item.card.title.includes(title)) return { taskId: item.card.taskId, title: item.card.title };
    }
    return null;
  };
  return wecom.waitFor(look, STEP_TIMEOUT_MS).catch(() => fail("卡片 (card)", `no open card "${title}"`));
}

async function closedCard(
  wecom: WecomSimulator,
  taskId: string,
): Promise<{ subtitle: string; rows: string }> {
  const closed = await wecom
    .waitFor((sim) => {
      const view = sim.card(PERSON, taskId);
      return view?.greyed ? view : null;
    }, STEP_TIMEOUT_MS)
    .catch(() => fail("结果 (result)", "the card was not closed"));
  if (closed.greyed !== "成功") fail("结果 (result)", `the card says ${closed.greyed}`);
  const { main_title: title, horizontal_content_list: list } = closed.card as {
    main_title?: { desc?: string };
    horizontal_content_list?: { keyname: string; value?: string }[];
  };
  const rows = (list ?? []).slice(0, 4).map((row) => `${row.keyname}=${row.value ?? ""}`);
  return { subtitle: title?.desc ?? "", rows: `[${rows.join(", ")}]` };
}

async function message(wecom: WecomSimulator, holding: string): Promise<string> {
  const look = () => {
    for (const item of wecom.chats()[PERSON] ?? []) {
      if (item.kind === "markdown" && item.text.includes(holding)) return item.text;
    }
    return null;
  };
  return wecom
    .waitFor(look, STEP_TIMEOUT_MS)
    .catch(() => fail("消息 (message)", `no message with "${holding}"`));
}

/** Presses a button of a person's card; Whale has to answer. */
export async function press(
  wecom: WecomSimulator,
  taskId: string,
  key: string,
  person = PERSON,
): Promise<void> {
  const result = await wecom.click(person, taskId, key);
  const answered = result.deliveries.some((delivery) => delivery.attempts.some((a) => a.status === 200));
  if (!answered) fail(`点击 (click) ${key}`, "the callback was not answered with 200");
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

/** Ends the script, naming the step. */
export function fail(step: string, message: string): never {
  throw new ChatOpsError(`${step}: ${message}`, { code: "demo.step" });
}
