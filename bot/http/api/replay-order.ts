import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { asksForWords, EVENT_STATUSES, SEVERITIES } from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { ArchiveFilter } from "../../../core/ports/index.ts";
import { REPLAY_MODES, type ReplayOrder } from "../../../core/replays/index.ts";
import { given, INSTANT_WORDS, instantOf, NO_WORDS } from "./query.ts";

const closed = { additionalProperties: false } as const;
const Word = Type.String({ minLength: 1, maxLength: 1_000 });
const Words = Type.Array(Word, { minItems: 1, maxItems: 100 });
const oneOf = <T extends string>(words: readonly T[]) => Type.Enum([...words]);

const RANGE = { min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) };

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
    numbers: Type.Optional(Type.Record(Type.String(), Type.Object(RANGE, closed))),
    invalid: Type.Optional(Type.Boolean()),
    ruleId: Type.Optional(Word),
    reason: Type.Optional(Word),
    from: Type.Optional(Word),
    to: Type.Optional(Word),
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
  const real = mode === "real";
  const { perSecond = real ? REAL.perSecond : null, maxTasks = real ? REAL.maxTasks : null } = written;
  const maxEvents = real && !all ? REAL.maxEvents : null;
  const times = { from: timeOf(written, "from", nowMs), to: timeOf(written, "to", nowMs) };
  const faults = [...textFaults(written), ...timeFaults(times), ...(real ? paceFaults(perSecond ?? 0) : [])];
  if (faults.length > 0) return { outcome: "refused", faults };
  const { from, to = new Date(nowMs).toISOString() } = times;
  const until = Date.parse(to ?? "") > nowMs ? new Date(nowMs).toISOString() : to;
  const filter = given({ ...written.filter, from, to: until }) as ArchiveFilter;
  return { outcome: "read", order: { mode, filter, rules, perSecond, ignoreThrottle, maxTasks, maxEvents } };
}

function shapeFaults(body: JsonObject): string[] {
  return check.Errors(body).map(({ instancePath, message, params }) => {
    const more = Object.values(params).map((value) => JSON.stringify(value));
    return `${instancePath.slice(1).replaceAll("/", ".") || "body"}: ${[message, ...more].join(" ")}`;
  });
}

/** A text that asks for nothing would have every event replayed. */
function textFaults({ filter: { text } }: Written): string[] {
  return text === undefined || asksForWords(text) ? [] : [`filter.text: ${NO_WORDS}`];
}

/** Null when what is written is no instant. */
function timeOf({ filter }: Written, end: "from" | "to", nowMs: number): string | null | undefined {
  const text = filter[end];
  return text === undefined ? undefined : instantOf(text, nowMs);
}

function timeFaults(times: Record<"from" | "to", string | null | undefined>): string[] {
  return Object.entries(times).flatMap(([end, at]) =>
    at === null ? [`filter.${end}: ${INSTANT_WORDS}`] : [],
  );
}

function paceFaults(perSecond: number): string[] {
  const most = REAL.mostPerSecond;
  return perSecond > most ? [`perSecond: 真实重放每秒最多 ${most} 个 (at most ${most} for real)`] : [];
}
