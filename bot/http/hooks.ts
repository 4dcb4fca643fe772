import { errorText, isChatOpsError } from "../../core/errors.ts";
import type { PressureGate } from "../pressure/index.ts";
import { rawOf } from "../workers/raw.ts";
import { readBody } from "./body.ts";
import { type Caller, callerOf } from "./caller.ts";
import type { Exchange } from "./exchange.ts";
import { checkHmac, type SignedRequest } from "./hmac.ts";
import { answerTaken, deny, fail, turnAway } from "./hook-answers.ts";
import { type IntakeDeps, type IntakeOutcome, type Posted, type ReadySource, takeBody } from "./intake.ts";
import type { RateGate } from "./rate-gate.ts";
import { checkCaller, isSigned, withoutCredentials } from "./source-auth.ts";
import { checkTopic, type TopicDeps, type TopicOutcome } from "./topic-signature.ts";

export interface HookDeps extends IntakeDeps, TopicDeps {
  /** Largest body of a source that names no limit of its own. */
  maxBodyBytes: number;
  /** Zone of times that come without an offset. */
  timeZone: string;
  /** Proxies in front of the process that each add an entry to `X-Forwarded-For`. */
  trustProxyHops: number;
  rates: RateGate;
  pressure: PressureGate;
}

const RETRY_AFTER_SECONDS = 5;
const RATE_LIMITED = "这个事件源发得太快 (this source sends more than it may)";
/** Senders whose alert is a GET, and its query the body. */
const GET_KINDS: readonly string[] = ["open-falcon"];

/** `POST /hooks/:source`, and GET where the sender knows no other: answers 202 only after the events are durable. */
export async function handleHook(ctx: Exchange, name: string, deps: HookDeps): Promise<void> {
  const { pressure } = deps;
  if (pressure.sheds()) return turnAway(ctx, pressure.pressure(), deps);
  const ready = deps.sources().get(name);
  if (!ready)
    return fail(
      ctx,
      404,
      { code: "unknown_source", message: `没有这个事件源 (no source is named so): ${quoted(name)}` },
      deps,
    );
  const { source } = ready;
  if (!takesMethod(ready, ctx.method)) {
    ctx.set("Allow", "POST");
    return fail(
      ctx,
      405,
      { code: "method_not_allowed", message: "这个事件源只收 POST (it takes POST alone)" },
      deps,
    );
  }
  const caller = callerOf(ctx.req, ctx.query, deps.trustProxyHops);
  const judged = checkCaller(source, caller);
  if (judged.outcome === "refused") return deny(ctx, source.auth, judged.reason, deps);
  const maxBytes = source.limits?.maxBytes ?? deps.maxBodyBytes;
  const body = await readBody(ctx.req, maxBytes, pressure.reading);
  if (body.outcome === "aborted") return;
  if (body.outcome === "no_room") {
    ctx.set("Connection", "close");
    return turnAway(ctx, pressure.pressure(), deps);
  }
  if (body.outcome === "too_large") return tooLarge(ctx, ready, { head: body.head, maxBytes, deps });
  // What a GET says stands in its query; a body beside it means nothing.
  const bytes = ctx.method === "GET" ? Buffer.alloc(0) : body.bytes;
  if (!pressure.enter(bytes.length)) return turnAway(ctx, pressure.pressure(), deps);
  try {
    await takeVerified(ctx, ready, { bytes, caller, deps });
  } finally {
    pressure.leave(bytes.length);
  }
}

/** A signature covers no query, so that a signed source takes no alerts in one. */
function takesMethod({ source }: ReadySource, method: string): boolean {
  return method === "POST" || (method === "GET" && GET_KINDS.includes(source.kind) && !isSigned(source.auth));
}

interface Given {
  bytes: Buffer;
  caller: Caller;
  deps: HookDeps;
}

async function takeVerified(ctx: Exchange, ready: ReadySource, given: Given): Promise<void> {
  const { deps, caller, bytes } = given;
  const { name, auth, limits } = ready.source;
  const nowMs = deps.clock.nowMs();
  const signature = await checkSignature(ready, { headers: caller.headers, bytes, nowMs }, deps);
  if (signature.outcome === "refused") return deny(ctx, auth, signature.reason, deps);
  if (signature.outcome === "unavailable") {
    deps.log.error({ source: name, reason: signature.message }, "a signature cannot be checked");
    ctx.set("Retry-After", String(RETRY_AFTER_SECONDS));
    const message = "现在验不了签名，请再发一次 (the signature cannot be checked now; send it again)";
    return fail(ctx, 503, { code: signature.reason, message }, deps);
  }
  const waitSeconds = deps.rates.take(name, limits, nowMs);
  if (waitSeconds !== null) {
    ctx.set("Retry-After", String(waitSeconds));
    return fail(ctx, 429, { code: "rate_limited", message: RATE_LIMITED }, deps);
  }
  const { replay } = signature;
  const taken = await post(ctx, ready, { bytes, deps, ...(replay ? { replay } : {}) });
  // Anybody may send again what they caught of a signed source: its sender must not wait for that.
  if (replay && taken && broughtNothing(taken)) deps.rates.giveBack(name, limits);
}

function broughtNothing(taken: IntakeOutcome): boolean {
  if (taken.outcome === "refused" || taken.receipts.length === 0) return false;
  return taken.receipts.every(({ outcome }) => outcome === "duplicate");
}

function checkSignature(
  { source: { auth } }: ReadySource,
  request: SignedRequest & { bytes: Buffer },
  deps: TopicDeps,
): TopicOutcome | Promise<TopicOutcome> {
  if (auth.kind === "hmac" || auth.kind === "grafana") return checkHmac(auth, request);
  if (auth.kind === "sns" || auth.kind === "smn") return checkTopic(auth, request, deps);
  return { outcome: "let_in" };
}

type Signature = Extract<TopicOutcome, { outcome: "let_in" }>;

function post(
  ctx: Exchange,
  source: ReadySource,
  given: { bytes: Buffer; deps: HookDeps; replay?: NonNullable<Signature["replay"]> },
): Promise<IntakeOutcome | null> {
  const { bytes, deps, replay } = given;
  const { auth } = source.source;
  const sent = once(() =>
    // What the signature does not cover may be anybody's.
    isSigned(auth)
      ? { query: {}, headers: {} }
      : withoutCredentials(auth, { query: single(ctx.query), headers: single(ctx.headers) }),
  );
  const raw = ctx.method === "GET" ? rawOfQuery(sent().query) : rawOf(bytes, contentType(ctx));
  const encoding = ctx.headers;
  const posted = { source, raw, bytes, sent, encoding, zone: deps.timeZone, ...(replay ? { replay } : {}) };
  return takeAndAnswer(ctx, posted, deps);
}

/** Takes a body whose sender may send it, and answers; what could not be stored, null, is to be sent again. */
export async function takeAndAnswer(
  ctx: Exchange,
  posted: Posted,
  deps: IntakeDeps,
): Promise<IntakeOutcome | null> {
  try {
    const taken = await takeBody(posted, deps);
    answerTaken(ctx, taken);
    return taken;
  } catch (error) {
    const { name: source } = posted.source.source;
    deps.log.error({ source, err: error, reason: errorText(error) }, "intake failed");
    deps.metrics.count("events", { source, outcome: "not_stored" });
    const code = isChatOpsError(error) ? error.code : "internal";
    ctx.set("Retry-After", String(RETRY_AFTER_SECONDS));
    ctx.status = 503;
    ctx.body = {
      error: { code, message: "事件没能存下，请再发一次 (the events could not be stored; send them again)" },
    };
    return null;
  }
}

/** Most kinds of source look at the body alone. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a GET brought, as the form that a POST of the same would have had. */
function rawOfQuery(query: Readonly<Record<string, string>>) {
  return rawOf(Buffer.from(new URLSearchParams(query).toString()), "application/x-www-form-urlencoded");
}

async function tooLarge(
  ctx: Exchange,
  { source }: ReadySource,
  { head, maxBytes, deps }: { head: Buffer; maxBytes: number; deps: HookDeps },
): Promise<void> {
  const kept = !isSigned(source.auth);
  const [zh, en] = kept ? ["，已保留开头", "; its beginning is kept"] : ["", ""];
  const message = `请求体超过 ${maxBytes} 字节${zh} (the body is larger than ${maxBytes} bytes${en})`;
  const raw = rawOf(head, contentType(ctx));
  // Of a signed source nobody knows yet who sends this: strangers must not fill the store.
  if (kept) await deps.journal.refuse({ source: source.name, reason: "too_large", message, raw });
  // What still comes is not read: the connection ends with the answer.
  ctx.set("Connection", "close");
  fail(ctx, 413, { code: "too_large", message }, deps);
}

function contentType(ctx: Exchange): string {
  return (ctx.req.headers["content-type"] ?? "application/octet-stream").slice(0, 200);
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

/** Only values that came once: a query value given twice is nobody's. */
function single(values: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}
