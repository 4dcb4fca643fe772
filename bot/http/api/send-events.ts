import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import type { Reading, SourceAdapter } from "../../../adapters/sources/index.ts";
import {
  API_SOURCE,
  type CompiledSource,
  type EventTypeRegistry,
  type Occurrence,
} from "../../../core/events/index.ts";
import { inScope } from "../../../core/people/index.ts";
import type { PressureGate } from "../../pressure/index.ts";
import { rawOf } from "../../workers/raw.ts";
import { readBody } from "../body.ts";
import { turnAway } from "../hook-answers.ts";
import { takeAndAnswer } from "../hooks.ts";
import type { IntakeDeps, Posted } from "../intake.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps, LetIn } from "./guard.ts";

type Form = "generic" | "cloudevents";

export interface SendEventsDeps extends ApiDeps {
  /** Takes what is sent, as from any source. */
  intake: IntakeDeps;
  /** What reads the two forms that may be sent. */
  forms: Record<Form, SourceAdapter>;
  /** The event types in force now. */
  registry: () => EventTypeRegistry;
  pressure: PressureGate;
  /** Largest body, in bytes. */
  maxBodyBytes: number;
  /** Zone of times that come without an offset. */
  timeZone: string;
}

/** `POST /api/v1/events`: one event or many, in Whale's own form or as CloudEvents. */
export function sendEventRoutes(router: Router, deps: SendEventsDeps): void {
  router.post(
    "/api/v1/events",
    answering(deps.log, (ctx: RouterContext) => send(ctx, deps)),
  );
}

async function send(ctx: RouterContext, deps: SendEventsDeps): Promise<void> {
  const caller = await deps.guard(ctx, "events.send", "some");
  if (caller.outcome === "answered") return;
  const { pressure, maxBodyBytes, intake } = deps;
  if (pressure.sheds()) return turnAway(ctx, pressure.pressure(), intake);
  const body = await readBody(ctx.req, maxBodyBytes);
  if (body.outcome === "aborted") return;
  if (body.outcome === "too_large") return tooLarge(ctx, maxBodyBytes);
  const { bytes } = body;
  if (!pressure.enter(bytes.length)) return turnAway(ctx, pressure.pressure(), intake);
  await take(ctx, { caller, bytes }, deps).finally(() => pressure.leave(bytes.length));
}

interface Sent {
  caller: LetIn;
  bytes: Buffer;
}

async function take(ctx: RouterContext, { caller, bytes }: Sent, deps: SendEventsDeps): Promise<void> {
  const form = formOf(ctx);
  const contentType = (ctx.headers["content-type"] ?? "application/octet-stream").slice(0, 200);
  const headers = cloudEventHeaders(ctx);
  const delivery = { body: bytes, contentType, query: {}, headers, zone: deps.timeZone };
  // Read before anything is kept, so that of a batch that may not be sent nothing is.
  const reading = asSentBy(caller.who, form, deps.forms[form].read(delivery));
  if (!permitsAll(ctx, caller, reading)) return;
  const posted: Posted = {
    source: {
      source: sourceOf(form),
      adapter: { kind: form, read: () => reading },
      registry: deps.registry(),
    },
    ...{ raw: rawOf(bytes, contentType), bytes, sent: () => ({ query: {}, headers }) },
    ...{ encoding: ctx.headers, zone: deps.timeZone },
  };
  await takeAndAnswer(ctx, posted, deps.intake);
}

/** What REST lets in needs no authentication of a source's own. */
function sourceOf(form: Form): CompiledSource {
  return { name: API_SOURCE, kind: form, auth: { kind: "none" }, map: [], mappings: [] };
}

/** Structured and batched events say so by their content type, binary ones by headers of their own. */
function formOf({ headers }: RouterContext): Form {
  const structured = /^\s*application\/cloudevents(?:-batch)?(?:\+|\s*(?:;|$))/i.test(
    headers["content-type"] ?? "",
  );
  return structured || headers["ce-specversion"] !== undefined ? "cloudevents" : "generic";
}

/** Credentials of REST are no part of an event. */
function cloudEventHeaders({ headers }: RouterContext): Record<string, string> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string] => entry[0].startsWith("ce-") && typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}

/**
 * What a caller sends: a CloudEvent's own type is its event type, and two callers that number their events
 * alike do not send the same ones.
 */
function asSentBy(who: string, form: Form, reading: Reading): Reading {
  if (reading.outcome !== "read") return reading;
  const occurrences = reading.occurrences.map((one): Occurrence => {
    const declaredType = form === "cloudevents" ? one.name : one.declaredType;
    return {
      ...one,
      ...(declaredType === undefined ? {} : { declaredType }),
      ...(one.dedupeKey === undefined ? {} : { dedupeKey: `${who}|${one.dedupeKey}` }),
    };
  });
  return { outcome: "read", occurrences };
}

/** Whether the caller may send every event of a body; when not, the request has been answered. */
function permitsAll(ctx: RouterContext, caller: LetIn, reading: Reading): boolean {
  if (reading.outcome !== "read") return true;
  const types = new Set(reading.occurrences.map(({ declaredType = "" }) => declaredType));
  const barred = [...types].filter((type) => !inScope(caller.scope, { type }));
  const [first] = barred;
  if (first === undefined || caller.permits({ type: first })) return true;
  const named = barred.slice(0, 20).map((type) => type.slice(0, 100));
  const message = `您不能发送这些类型的事件，整批都没有保存 (you may not send events of these types, nothing of the batch is stored): ${named.join(", ")}`;
  refuseApi(ctx, 403, { code: "outside_scope", message, types: named });
  return false;
}

function tooLarge(ctx: RouterContext, maxBytes: number): void {
  // What still comes is not read: the connection ends with the answer.
  ctx.set("Connection", "close");
  const message = `请求体超过 ${maxBytes} 字节 (the body is larger than ${maxBytes} bytes)`;
  refuseApi(ctx, 413, { code: "too_large", message });
}
