import type { Home } from "../../adapters/files/index.ts";
import { lintRosters, lintRules } from "../../core/lint/index.ts";
import { counted } from "../../core/texts/index.ts";
import { type Finding, findingsAbout } from "./finding.ts";

/** What lint says against rules and rosters. */
export function lookAtFiles(home: Home, nowMs: number): Finding[] {
  const rules = lintRules(home.rules, home.eventTypes).map(({ rule, field, level, code, zh, en }) => {
    const { reduced, fails } = findingsAbout(`rule ${rule}`);
    const message = `${field === "" ? "" : `${field}: `}${zh} (${en})`;
    return level === "error" ? fails(code, message, ADVICE) : reduced(code, message, ADVICE);
  });
  const rosters = lintRosters(home.rosters, nowMs).map(({ roster, code, zh, en }) =>
    findingsAbout(`roster ${roster}`).reduced(code, `${zh} (${en})`),
  );
  const found = [...rules, ...rosters];
  if (found.length > 0) return found;
  const count = `${counted(home.rules.length, "rule")}, ${counted(home.rosters.length, "roster")}`;
  return [findingsAbout("files").holds("files_in_order", `规则和值班表没有问题 (in order): ${count}`)];
}

const ADVICE = "whale rules lint 指出文件和行 (tells file and line)";
