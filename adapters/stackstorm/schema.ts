import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { isJsonObject, type JsonObject, pick } from "../../core/ids/index.ts";

const Text = Type.String();
const Name = Type.String({ minLength: 1 });

/** What is read of an execution; anything else in it is left alone. */
const FIELDS = {
  id: Name,
  status: Name,
  start_timestamp: Text,
  end_timestamp: Text,
  elapsed_seconds: Type.Number(),
  web_url: Text,
  parent: Text,
  action: Type.Object({ ref: Type.Optional(Text), runner_type: Type.Optional(Text) }),
  liveaction: Type.Object({ action: Type.Optional(Text) }),
  context: Type.Object({
    whale: Type.Optional(Type.Object({ request_id: Type.Optional(Text) })),
    policies: Type.Optional(Type.Unknown()),
    "re-run": Type.Optional(Type.Object({ ref: Type.Optional(Text) })),
    orquesta: Type.Optional(Type.Object({ task_name: Type.Optional(Text) })),
    chain: Type.Optional(Type.Object({ name: Type.Optional(Text) })),
  }),
  result: Type.Unknown(),
  result_size: Type.Number(),
  parameters: Type.Record(Type.String(), Type.Unknown()),
};
type Fields = { -readonly [K in keyof typeof FIELDS]: Static<(typeof FIELDS)[K]> };

/**
 * One execution as StackStorm answers it. It leaves falsy fields out, so that only the id is certain
 * (reference/stackstorm.md section 3).
 */
export type ExecutionRow = Pick<Fields, "id"> & Partial<Omit<Fields, "id">>;

/** A foreign value that fitted, or the place where it did not. Never holds the value itself. */
export type Parsed<T> = { outcome: "parsed"; value: T } | { outcome: "malformed"; where: string };

/** An execution, and the names of fields that were left out because their type is wrong. */
export interface ParsedRow {
  row: ExecutionRow;
  dropped: string[];
}

const fieldChecks = Object.entries(FIELDS).map(([name, schema]) => {
  const validator = Compile(schema as TSchema);
  return { name, fits: (value: unknown) => validator.Check(value) };
});

/**
 * Reads one execution. A field of a wrong type is left out rather than the whole refused: one odd field must
 * not keep the end of a run from being seen. Without a readable id there is nothing to follow.
 */
export function parseExecution(value: unknown): Parsed<ParsedRow> {
  if (!isJsonObject(value)) return { outcome: "malformed", where: "/ must be object" };
  const row: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const { name, fits } of fieldChecks) {
    const member: unknown = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member === undefined || member === null) continue;
    if (fits(member)) row[name] = member;
    else dropped.push(name);
  }
  if (typeof row["id"] !== "string") return { outcome: "malformed", where: "/id must be string" };
  return { outcome: "parsed", value: { row: row as ExecutionRow, dropped } };
}

/** Reads a list of executions. One without an id makes all malformed: nobody can say which is missing. */
export function parseExecutions(value: unknown): Parsed<ParsedRow[]> {
  if (!Array.isArray(value)) return { outcome: "malformed", where: "/ must be array" };
  const rows: ParsedRow[] = [];
  for (const [index, member] of value.entries()) {
    const parsed = parseExecution(member);
    if (parsed.outcome === "malformed") return { outcome: "malformed", where: `/${index}${parsed.where}` };
    rows.push(parsed.value);
  }
  return { outcome: "parsed", value: rows };
}

const actionCheck = Compile(
  Type.Object({
    ref: Name,
    enabled: Type.Optional(Type.Boolean()),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
);

/** Reads one action; null when it cannot be read. */
export function parseAction(
  value: unknown,
): { ref: string; enabled?: boolean; parameters?: JsonObject } | null {
  return actionCheck.Check(value) ? (value as { ref: string; parameters?: JsonObject }) : null;
}

const PolicyRow = Type.Object({
  policy_type: Text,
  enabled: Type.Optional(Type.Boolean()),
  parameters: Type.Object({
    retry_on: Type.Optional(Text),
    max_retry_count: Type.Optional(Type.Number()),
    delay: Type.Optional(Type.Number()),
  }),
});
type PolicyRow = Static<typeof PolicyRow>;
const policyCheck = Compile(PolicyRow);

/** Reads the retry policies out of a list of policies; null when it is no list. Others are left out. */
export function parseRetryPolicies(value: unknown): PolicyRow[] | null {
  if (!Array.isArray(value)) return null;
  const fitting = value.flatMap((member: unknown) => (policyCheck.Check(member) ? [member] : []));
  return fitting.filter(({ policy_type: type, enabled }) => type === "action.retry" && enabled !== false);
}

const InquiryRow = Type.Object({
  id: Name,
  schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  users: Type.Optional(Type.Array(Text)),
  roles: Type.Optional(Type.Array(Text)),
  ttl: Type.Optional(Type.Number()),
});
/** One inquiry as it is listed; empty fields are left out. */
export type InquiryRow = Static<typeof InquiryRow>;
const inquiryCheck = Compile(InquiryRow);

/** Reads a list of inquiries; null when it is no list. Those that cannot be read are left out: nobody can answer them. */
export function parseInquiries(value: unknown): InquiryRow[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((member: unknown) => (inquiryCheck.Check(member) ? [member] : []));
}

const pieceCheck = Compile(Type.Object({ data: Text }));

/** Reads the text out of one event of an output stream; null when it holds none. */
export function parsePiece(name: string | undefined, data: string): string | null {
  if (name !== "st2.execution.output__create") return null;
  const value = parseJson(data);
  return pieceCheck.Check(value) ? value.data : null;
}

const tokenCheck = Compile(Type.Object({ token: Name, expiry: Type.Optional(Text) }));
const rootCheck = Compile(Type.Object({ version: Name }));
const newsCheck = Compile(Type.Object({ id: Name, status: Type.Optional(Type.Union([Text, Type.Null()])) }));

/** Reads the answer of `POST /v1/tokens`; null when it cannot be read. */
export function parseToken(value: unknown): { token: string; expiry?: string } | null {
  return tokenCheck.Check(value) ? value : null;
}

/** Reads the version out of `GET /v1/`; null when it cannot be read. */
export function parseVersion(value: unknown): string | null {
  return rootCheck.Check(value) ? value.version : null;
}

/** The status of an execution whose answer holds none: not final, like any word that is not known. */
export const UNSTATED = "unstated";

/** What one event of the stream says. */
export type StreamNews =
  | { outcome: "hint"; executionId: string; status: string; requestId?: string }
  /** An event that is not about an execution. */
  | { outcome: "other" }
  | { outcome: "malformed" };

/** Reads one event of the stream: its name and its data. */
export function parseStreamEvent(name: string | undefined, data: string): StreamNews {
  if (!name?.startsWith("st2.execution__")) return { outcome: "other" };
  const value = parseJson(data);
  if (!newsCheck.Check(value)) return { outcome: "malformed" };
  const requestId = pick(value, ["context", "whale", "request_id"]);
  return {
    ...{ outcome: "hint", executionId: value.id, status: value.status ?? UNSTATED },
    ...(typeof requestId === "string" ? { requestId } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON fits no schema: the caller counts it as malformed.
    return undefined;
  }
}
