import { resolve } from "node:path";
import type { Command } from "commander";
import { errorText } from "../../core/errors.ts";
import { instantOfWallClock, parseWallClock } from "../../core/time/index.ts";
import { environment } from "../config/index.ts";
import { type ReadyRoster, type ShownDuty, shownDuty } from "../rosters/index.ts";
import { prepareRules } from "../wire.ts";
import { dutyLines } from "./duty-words.ts";
import { terminalZone } from "./local-time.ts";
import { runningWhale } from "./running-whale.ts";

/** `whale duty [NAME]`: rosters that files spell out are read here; the others are asked of the running Whale. */
export function dutyCommand(whale: Command): void {
  whale
    .command("duty")
    .argument("[name]", "值班表，默认全部 · a roster; all when absent")
    .option("--at <time>", "那时谁值班，如 2026-12-24T10:00 · who is on duty then; now when absent")
    .description("谁在值班、到什么时候、下一班是谁 · who is on duty, until when, and who is next")
    .action(show);
}

async function show(name: string | undefined, { at }: { at?: string }): Promise<void> {
  const env = environment();
  const zone = terminalZone();
  const atMs = at === undefined ? Date.now() : timeOf(at, zone);
  if (atMs === null) return stop(`--at ${at}：应为时间，如 2026-12-24T10:00 (must be a time)`);
  const files = await prepareRules(env, resolve(env["WHALE_HOME"] ?? "./home"), "made_up");
  if (files.outcome === "refused") return stop(files.message);
  const all = [...files.inForce.rosters.values()];
  const wanted = all.filter((one) => name === undefined || one.name === name);
  if (wanted.length === 0) return stop(unknownText(name, all));
  for (const one of wanted) {
    const shown = await dutyOf(one, at === undefined ? null : atMs);
    for (const line of dutyLines(shown, zone)) console.log(line);
  }
}

/** A time of the zone, or an instant with its own; null for anything else. */
export function timeOf(text: string, zone: string): number | null {
  const wallMs = parseWallClock(text) ?? parseWallClock(`${text}T00:00`);
  if (wallMs !== null) return instantOfWallClock(wallMs, zone);
  const ms = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

async function dutyOf(ready: ReadyRoster, atMs: number | null): Promise<ShownDuty> {
  const { kind, name, title } = ready;
  if (kind === "calendar")
    return shownDuty({ kind, name, title, duty: ready.calendar.at(atMs ?? Date.now()) });
  const unknown = (trouble: string) => {
    return shownDuty({ kind, name, title, looked: { outcome: "unknown", trouble } });
  };
  if (atMs !== null) return unknown("只能查现在，不能用 --at (a look-up tells of now alone)");
  try {
    const whale = await runningWhale();
    const answer = await whale.get("/api/v1/duty", new URLSearchParams({ name }));
    const { rosters } = (await answer.json()) as { rosters: ShownDuty[] };
    return rosters[0] ?? unknown("运行中的 Whale 没有这个值班表 (the running Whale has no such roster)");
  } catch (error) {
    return unknown(errorText(error));
  }
}

function unknownText(name: string | undefined, all: readonly ReadyRoster[]): string {
  if (name === undefined) return "没有值班表：rosters/*.yaml (there are no rosters)";
  const known = all.map((one) => one.name).join("、") || "无 none";
  return `没有值班表 ${name} (no such roster)，已有 known：${known}`;
}

function stop(text: string): void {
  console.error(text);
  process.exitCode = 1;
}
