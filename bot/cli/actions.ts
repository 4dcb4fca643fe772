import type { Command } from "commander";
import type { Json } from "../../core/ids/index.ts";
import type { ActionUse } from "../../core/releases/index.ts";
import { printList } from "./listed.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

interface ShownParameter {
  types: string[];
  required: boolean;
  immutable: boolean;
  secret: boolean;
  enum?: Json[];
  default?: Json;
  about?: string;
}

/** What REST tells of an action. */
export interface ShownAction {
  ref: string;
  about: string;
  runner: string;
  parameters: Record<string, ShownParameter>;
  places: { cluster: string; version: string | null; enabled: boolean }[];
  differing: string[];
  uses: Pick<ActionUse, "kind" | "name">[];
}

interface Silent {
  cluster: string;
  message: string;
}

/** `whale actions`: what can be run, asked of the running Whale. */
export function actionsCommand(whale: Command): void {
  whale
    .command("actions")
    .argument("[ref]", "包名.动作名；不写则列出全部 · pack.name; without it, all of them")
    .option("--pack <pack>", "只看这个 pack · of this pack alone")
    .option("--cluster <name>", "只看这个集群 · on this cluster alone")
    .option("--find <text>", "名称或说明里有 · in the name or description")
    .option("--json", "给程序读 · for programs")
    .description("原子任务：参数、版本、在哪些集群、谁在用 · what can be run, where, and what uses it")
    .action(show);
}

interface Options {
  pack?: string;
  cluster?: string;
  find?: string;
  json?: true;
}

async function show(ref: string | undefined, { pack, cluster, find, json }: Options): Promise<void> {
  const whale = await runningWhale();
  if (ref !== undefined) {
    const one = (await (
      await whale.get(`/api/v1/actions/${encodeURIComponent(ref)}`)
    ).json()) as ShownAction & { silent: Silent[] };
    return print(json ? [JSON.stringify(one)] : [...actionText(one), ...silentLines(one.silent)]);
  }
  const asked = { pack, cluster, q: find };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
  const answer = await (await whale.get(`/api/v1/actions?${query}`)).json();
  const { actions, silent } = answer as { actions: ShownAction[]; silent: Silent[] };
  if (json) return print([JSON.stringify(answer)]);
  const nothing = "没有这样的动作 · no such actions";
  printList(
    actions.map((action) => plainText(actionLine(action))),
    nothing,
  );
  print(silentLines(silent));
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(plainText(line));
}

/** One action on one line. */
export function actionLine({ ref, about, places, uses, differing }: ShownAction): string {
  const facts = [
    about,
    places.map(placeText).join(" "),
    differing.length > 0 ? `参数不一致 parameters differ: ${differing.join(" ")}` : "",
    uses.length > 0 ? `用于 used by ${uses.map(useText).join(" ")}` : "",
  ];
  return [ref, ...facts.filter(Boolean)].join(" · ");
}

/** One action with its parameters, in lines. */
export function actionText(action: ShownAction): string[] {
  const parameters = Object.entries(action.parameters);
  return [`${actionLine(action)} · ${action.runner}`, ...parameters.map(parameterLine)];
}

function parameterLine([name, one]: [string, ShownParameter]): string {
  const { types, required, immutable, secret, enum: choices, default: preset, about } = one;
  const facts = [
    types.join("|"),
    required ? "必填 required" : "",
    immutable ? "不可改 immutable" : "",
    secret ? "保密 secret" : "",
    preset === undefined ? "" : `= ${JSON.stringify(preset)}`,
    choices ? `∈ ${JSON.stringify(choices)}` : "",
    about ?? "",
  ];
  return `  ${name}: ${facts.filter(Boolean).join(" · ")}`;
}

function placeText({ cluster, version, enabled }: ShownAction["places"][number]): string {
  return `${cluster}${version === null ? "" : `@${version}`}${enabled ? "" : " (停用 off)"}`;
}

const USES: Record<ActionUse["kind"], string> = {
  ...{ rule: "规则 rule", offer: "可选操作 offer", run: "执行许可 grant", policy: "策略 policy" },
  ...{ roster: "值班表 roster", "pack-set": "共享 Pack pack set" },
};

function useText({ kind, name }: ShownAction["uses"][number]): string {
  return `${USES[kind]} ${name}`;
}

function silentLines(silent: readonly Silent[]): string[] {
  return silent.map(({ cluster, message }) => `未应答 silent: ${cluster}: ${message}`);
}
