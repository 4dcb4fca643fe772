import type { Json, JsonObject } from "../../core/ids/index.ts";
import type { Execution } from "../../core/ports/index.ts";
import { type ExecutionRow, UNSTATED } from "./schema.ts";
import { isoTime } from "./time.ts";

type Optional<T> = { [K in keyof T]?: T[K] | undefined };
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** What of the row is not certain to be there. */
function extrasOf(row: ExecutionRow): Optional<Omit<Execution, "id" | "cluster" | "action" | "status">> {
  return {
    startedAt: isoTime(row.start_timestamp),
    endedAt: isoTime(row.end_timestamp),
    elapsedSeconds: row.elapsed_seconds,
    // The row comes out of JSON.parse, so that whatever is there is JSON.
    result: row.result as Json | undefined,
    resultBytes: row.result === undefined ? row.result_size : undefined,
    requestId: row.context?.whale?.request_id,
    url: webUrl(row.web_url),
    parent: row.parent,
    step: row.context?.orquesta?.task_name ?? row.context?.chain?.name,
    parameters: row.parameters as JsonObject | undefined,
    rerunOf: row.context?.["re-run"]?.ref,
    isAttempt: row.context?.policies === undefined ? undefined : true,
  };
}

/** Translates a row. `action` is what was asked for, used when the row does not tell. */
export function toExecution(row: ExecutionRow, cluster: string, action = ""): Execution {
  return {
    id: row.id,
    cluster,
    action: row.action?.ref ?? row.liveaction?.action ?? action,
    status: row.status ?? UNSTATED,
    ...defined(extrasOf(row)),
  };
}

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** Only what a card may link to. */
function webUrl(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}

/**
 * Whether a text can be the id of one execution. `last` is an order for the newest one, and commas or
 * slashes would ask for something else altogether.
 */
export function isExecutionId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text) && text !== "last" && text !== "views";
}
