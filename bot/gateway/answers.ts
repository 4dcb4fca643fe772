import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import type { Context } from "koa";
import { bilingual } from "../../core/gateway/index.ts";

/** Answers as StackStorm says no. */
export function fault(ctx: Context, status: number, faultstring: string): void {
  ctx.status = status;
  ctx.body = { faultstring };
}

/** The caller must know that what it gets is not all. Texts of headers are ASCII alone. */
export function warn(ctx: Context, text: string): void {
  ctx.append("Warning", `199 whale "${text.replace(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 400)}"`);
}

/** Tells which clusters did not answer. */
export function tellMissing(ctx: Context, missing: readonly string[]): void {
  if (missing.length === 0) return;
  ctx.set("X-Whale-Clusters-Missing", missing.join(","));
  warn(ctx, `incomplete: no answer from ${missing.join(", ")}`);
}

export function noAnswer(ctx: Context, clusters: readonly string[]): void {
  ctx.set("Retry-After", "5");
  const names = clusters.join(", ");
  ctx.set("X-Whale-Clusters-Missing", clusters.join(","));
  fault(
    ctx,
    503,
    bilingual(`集群 ${names} 没有应答，请稍后再试`, `no answer from cluster ${names}; try again later`),
  );
}

/** What of an answer's head is handed on: nothing that belongs to the connection, and no cookie. */
const GIVEN_ON = [
  ...["content-type", "content-length", "content-disposition", "content-encoding", "etag", "last-modified"],
  ...["x-total-count", "x-limit", "warning", "retry-after"],
];
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An id that is shown in another's place; both have the same length. */
export interface Renaming {
  real: string;
  shown: string;
}

/** Hands a cluster's answer on as it comes, piece by piece; what is no answer of StackStorm becomes a fault. */
export function giveOn(
  ctx: Context,
  answer: IncomingMessage,
  from: { cluster: string; renaming?: Renaming },
): void {
  const status = answer.statusCode ?? 502;
  const { cluster, renaming } = from;
  ctx.set("X-Whale-Cluster", cluster);
  const problem = problemOf(answer, status);
  if (problem) {
    answer.destroy();
    fault(
      ctx,
      problem,
      bilingual(`集群 ${cluster} 应答了 HTTP ${status}`, `cluster ${cluster} answered with HTTP ${status}`),
    );
    return;
  }
  for (const name of GIVEN_ON) {
    const value = answer.headers[name];
    if (value !== undefined) ctx.set(name, value);
  }
  ctx.status = status;
  ctx.body = renaming && renaming.real !== renaming.shown ? answer.pipe(renamed(renaming)) : answer;
}

/** The status to answer with in its place; null when it can be handed on. */
function problemOf({ headers }: IncomingMessage, status: number): number | null {
  // Whale's own credentials were refused, not the caller's.
  if (status === 401) return 503;
  if (status >= 300 && status < 400 && status !== 304) return 502;
  if (Number(headers["content-length"] ?? 0) > MAX_ANSWER_BYTES) return 502;
  const isJson = /json/i.test(headers["content-type"] ?? "");
  if (status < 400 || isJson) return null;
  return status === 502 || status === 504 ? 503 : status;
}

/** Puts one id in the place of another where it stands as a whole text of JSON. */
export function renamed({ real, shown }: Renaming): Transform {
  const [from, to] = [`"${real}"`, `"${shown}"`];
  let rest = "";
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      // Latin-1 keeps every byte as it is, whatever the text's own encoding.
      const text = (rest + chunk.toString("latin1")).replaceAll(from, to);
      rest = text.slice(-(from.length - 1));
      done(null, Buffer.from(text.slice(0, text.length - rest.length), "latin1"));
    },
    flush: (done) => done(null, Buffer.from(rest, "latin1")),
  });
}
