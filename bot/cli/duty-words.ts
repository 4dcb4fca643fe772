import type { ShownDuty } from "../rosters/index.ts";
import { localTime } from "./local-time.ts";
import { plainText } from "./plain-text.ts";

/** A roster as lines. */
export function dutyLines(duty: ShownDuty, timeZone: string): string[] {
  const { name, title, known, people, leaving, until, next, asOf, trouble } = duty;
  const listed = (some: readonly string[]) => plainText(some.join(" ") || "没有人 nobody");
  const rows: [label: string, value: string | null][] = [
    ["值班 on duty", known ? listed(people) : "不知道 not known"],
    ["交接 leaving", leaving.length > 0 ? listed(leaving) : null],
    ["到   until", until === null ? null : localTime(until, timeZone)],
    ["下一班 next", next ? listed(next.people) : null],
    ["查得 as of", asOf === null ? null : localTime(asOf, timeZone)],
    ["问题 trouble", trouble === null ? null : plainText(trouble)],
  ];
  const told = rows.flatMap(([label, value]) => (value === null ? [] : [`  ${label.padEnd(12)} ${value}`]));
  return [`${plainText(title)} (${plainText(name)})`, ...told];
}
