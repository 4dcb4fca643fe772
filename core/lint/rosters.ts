import { compileCalendar, firstGap, type Roster } from "../rosters/index.ts";

/** A roster on which nobody will be on duty for some time. */
export interface RosterFinding {
  roster: string;
  code: "duty_gap";
  zh: string;
  en: string;
}

/** So far ahead gaps are looked for. */
const AHEAD_MS = 30 * 86_400_000;

/** Looks for gaps in the rosters that files spell out, from an instant on. What is looked up elsewhere cannot be told. */
export function lintRosters(rosters: readonly Roster[], nowMs: number): RosterFinding[] {
  return rosters.flatMap((roster): RosterFinding[] => {
    const gap = roster.kind === "calendar" ? firstGap(compileCalendar(roster), nowMs, AHEAD_MS) : null;
    if (!gap) return [];
    const [from, until] = [gap.fromMs, gap.untilMs].map((ms) =>
      ms === null ? null : new Date(ms).toISOString(),
    );
    return [
      {
        ...{ roster: roster.name, code: "duty_gap" },
        zh: `从 ${from} ${until === null ? "起一直" : `到 ${until} `}没有人值班，那时无人可批`,
        en: `nobody is on duty from ${from} ${until === null ? "on" : `until ${until}`}: nobody can approve then`,
      },
    ];
  });
}
