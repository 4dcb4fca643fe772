import { type Command, InvalidArgumentError } from "commander";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { typedWords } from "../../core/runs/index.ts";
import { printList } from "./listed.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

interface ShownGrant {
  id: string;
  title: string;
  actions: string[];
  approval: string;
}

/** `whale run …`: an action by hand, asked of the running process. */
export function runCommand(whale: Command): void {
  whale
    .command("run")
    .argument("[action]", "包名.动作名；不写则列出可执行的 · pack.action; without it, what may be run")
    .argument("[parameters...]", "参数=值 · name=value; lists and objects as JSON")
    .option("--key <key>", "同一个 key 只算一次 · the same key counts once")
    .description("手工执行一个动作，按 runs.yaml 授权 · run an action by hand, approved as runs.yaml says")
    .action(run);
}

async function run(
  action: string | undefined,
  words: readonly string[],
  { key }: { key?: string },
): Promise<void> {
  if (action === undefined) return list();
  const body = { action, parameters: parametersIn(words), ...(key === undefined ? {} : { key }) };
  const answer = await (await runningWhale()).post("/api/v1/runs", body);
  const made = (await answer.json()) as { task: string; state: string; clusters: string[] };
  console.log(plainText(`任务 task ${made.task}  ${made.state}  ${made.clusters.join(" ")}`));
}

/** The shell has taken quotes away: each word is one `name=value`, whatever the value holds. */
export function parametersIn(words: readonly string[]): JsonObject {
  return Object.fromEntries(words.map(pairOf));
}

function pairOf(word: string): [string, Json] {
  const at = word.indexOf("=");
  if (at < 1) throw new InvalidArgumentError(`应为 参数=值 (must be name=value): ${word}`);
  const text = word.slice(at + 1);
  const read = /^\s*[[{]/.test(text) ? typedWords(text) : null;
  const [value, ...others] = read?.outcome === "read" ? read.words : [];
  return [word.slice(0, at), value && others.length === 0 ? value.value : text];
}

async function list(): Promise<void> {
  const answer = await (await runningWhale()).get("/api/v1/runs");
  const { runs } = (await answer.json()) as { runs: ShownGrant[] };
  printList(
    grantLines(runs),
    "没有可手工执行的动作，见 runs.yaml · nothing may be run by hand, see runs.yaml",
  );
}

/** What may be run, as lines. */
export function grantLines(runs: readonly ShownGrant[]): string[] {
  return runs.map(({ id, title, actions, approval }) =>
    plainText(`${id}  ${title}  ${approval}  ${actions.join(", ")}`),
  );
}
