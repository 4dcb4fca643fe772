import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { EVENT_STATUSES, SEVERITIES } from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { ArchiveFilter } from "../../../core/ports/index.ts";
import { REPLAY_MODES, type ReplayOrder } from "../../../core/replays/index.ts";

const closed = { additionalProperties: false } as const;
const Word = Type.String({ minLength: 1, maxLength: 1_000 });
const Words = Type.Array(Word, { minItems: 1, maxItems: 100 });
const Instant = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2})$",
});
const oneOf = <T extends string>(words: readonly T[]) => Type.Enum([...words]);

const FilterShape = Type.Object(
  {
    text: Type.Optional(Word),
    type: Type.Optional(Words),
    source: Type.Optional(Words),
    severity: Type.Optional(Type.Array(oneOf(SEVERITIES), { minItems: 1, maxItems: 100 })),
    status: Type.Optional(Type.Array(oneOf(EVENT_STATUSES), { minItems: 1, maxItems: 100 })),
    subject: Type.Optional(Word),
    incident: Type.Optional(Word),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    invalid: Type.Optional(Type.Boolean()),
    ruleId: Type.Optional(Word),
    reason: Type.Optional(Word),
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
  },
  closed,
);

/** What is sent to have events replayed. */
export const ReplayOrderShape = Type.Object(
  {
    filter: FilterShape,
    mode: Type.Optional(oneOf(REPLAY_MODES)),
    rules: Type.Optional(Words),
    perSecond: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    ignoreThrottle: Type.Optional(Type.Boolean()),
    maxTasks: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    all: Type.Optional(Type.Boolean()),
  },
  closed,
);

type Written = Static<typeof ReplayOrderShape>;
const check = Compile(ReplayOrderShape);

/** For real, unless it is said otherwise. */
const REAL = { perSecond: 5, mostPerSecond: 50, maxTasks: 100, maxEvents: 1_000 };

export type ReadOrder =
  | { outcome: "read"; order: Omit<ReplayOrder, "scope"> }
  /** What is wrong, as `field: message` lines. */
  | { outcome: "refused"; faults: string[] };

/** Reads an order. Events that come from now on are left out, so that it ends. */
export function readOrder(body: JsonObject, nowMs: number): ReadOrder {
  if (!check.Check(body)) return { outcome: "refused", faults: shapeFaults(body) };
  const written: Written = body;
  const { mode = "rehearse", rules = null, ignoreThrottle = false, all = false } = written;
  const { perSecond = mode === "real" ? REAL.perSecond : null } = written;
  const faults = valueFaults(written, { mode, perSecond });
  if (faults.length > 0) return { outcome: "refused", faults };
  const real = mode === "real";
  const { maxTasks = real ? REAL.maxTasks : null } = written;
  const maxEvents = real && !all ? REAL.maxEvents : null;
  const filter = { ...written.filter, to: earlier(written.filter.to, nowMs) } as ArchiveFilter;
  return { outcome: "read", order: { mode, filter, rules, perSecond, ignoreThrottle, maxTasks, maxEvents } };
}

function shapeFaults(body: JsonObject): string[] {
  return check.Errors(body).map(({ instancePath, message, params }) => {
    const more = Object.values(params).map((value) => JSON.stringify(value));
    return `${instancePath.slice(1).replaceAll("/", ".") || "body"}: ${[message, ...more].join(" ")}`;
  });
}

function valueFaults(
  { filter }: Written,
  { mode, perSecond }: { mode: string; perSecond: number | null },
): string[] {
  const faults: string[] = [];
  for (const end of ["from", "to"] as const) {
    if (Number.isNaN(Date.parse(filter[end] ?? "2000-01-01")))
      faults.push(`filter.${end}: 没有这个时刻 (no such instant)`);
  }
  if (mode === "real" && (perSecond ?? 0) > REAL.mostPerSecond) {
    faults.push(
      `perSecond: 真实重放每秒最多 ${REAL.mostPerSecond} 个 (at most ${REAL.mostPerSecond} for real)`,
    );
  }
  return faults;
}

function earlier(to: string | undefined, nowMs: number): string {
  const toMs = to === undefined ? nowMs : Math.min(nowMs, Date.parse(to));
  return new Date(toMs).toISOString();
}
