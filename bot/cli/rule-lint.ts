import { type LintFinding, lintRosters, lintRules } from "../../core/lint/index.ts";
import type { RulesReady } from "../wire.ts";
import { askClusters } from "../wire-actions.ts";
import { plainText } from "./plain-text.ts";

/** What lint says, as lines, and how many of them are errors. */
export interface Linted {
  lines: string[];
  errors: number;
}

type Told = Pick<LintFinding, "rule" | "field" | "level"> & { code: string; words: string };

const NOT_ASKED =
  "动作和参数没有检查，加 --online 问各集群 · actions and parameters were not checked: --online asks the clusters";

/** Looks at the rules of a home; with `online` the clusters are asked too. */
export async function lintHome(
  { home, placeOf, rosterFile }: RulesReady,
  { online, nowMs }: { online: boolean; nowMs: number },
): Promise<Linted> {
  const own = lintRules(home.rules, home.eventTypes).map(({ zh, en, ...rest }) => {
    return { ...rest, words: `${zh} (${en})` };
  });
  const asked = online ? await askedOnline(home) : { told: [], notes: [NOT_ASKED] };
  const told = [...own, ...asked.told];
  const errors = told.filter(({ level }) => level === "error").length;
  const gaps = rosterLines(home.rosters, { rosterFile, nowMs });
  const count = `${errors} 个错误 · errors, ${told.length + gaps.length - errors} 个警告 · warnings`;
  return { lines: [...placed(told, placeOf), ...gaps, ...asked.notes, count], errors };
}

/** What is said of rosters, as lines. */
export function rosterLines(
  rosters: RulesReady["home"]["rosters"],
  { rosterFile, nowMs }: Pick<RulesReady, "rosterFile"> & { nowMs: number },
): string[] {
  return lintRosters(rosters, nowMs).map(({ roster, code, zh, en }) => {
    return plainText(`${rosterFile(roster)}:1 warning ${code} ${roster}: ${zh} (${en})`);
  });
}

async function askedOnline(home: RulesReady["home"]): Promise<{ told: Told[]; notes: string[] }> {
  const { faults, silent } = await askClusters(home);
  const told = faults.map(({ message, ...fault }): Told => {
    return { ...fault, level: "error", code: "action", words: message };
  });
  const notes = [...silent].map(([cluster, why]) => {
    return plainText(`集群 ${cluster} 没有回答，它的动作没有检查 · did not answer, not checked: ${why}`);
  });
  return { told, notes };
}

function placed(told: readonly Told[], placeOf: RulesReady["placeOf"]): string[] {
  const lines = told.map(({ rule, field, level, code, words }) => {
    const { file, line } = placeOf(rule, field);
    const where = field === "" ? rule : `${rule} ${field}`;
    return { file, line, text: plainText(`${file}:${line} ${level} ${code} ${where}: ${words}`) };
  });
  lines.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return lines.map(({ text }) => text);
}
