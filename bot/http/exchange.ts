import type { IncomingMessage, ServerResponse } from "node:http";

/** A request and its answer, as far as hooks need them. Koa's context is one too. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly headers: IncomingMessage["headers"];
  status: number;
  /** JSON of the answer. */
  body: unknown;
  set(name: string, value: string): void;
}

/**
 * Answers one request without Koa, whose context alone costs as much as Node's own server: alerts come in
 * thousands a second. Rejects with what `handle` threw, when there is no answer yet.
 */
export async function exchangeOf(
  req: IncomingMessage,
  res: ServerResponse,
  handle: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const exchange = plainExchange(req, res);
  await handle(exchange);
  const { status, body } = exchange;
  if (res.destroyed) return;
  if (body === undefined) return void res.writeHead(status).end();
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  res.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Content-Length": length });
  // As text it leaves in one piece with the head.
  res.end(text);
}

function plainExchange(req: IncomingMessage, res: ServerResponse): Exchange {
  const [url = "/"] = (req.url ?? "/").split("#", 1);
  const mark = url.indexOf("?");
  return {
    req,
    method: req.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? {} : queryOf(url.slice(mark + 1)),
    headers: req.headers,
    status: 404,
    body: undefined,
    set: (name, value) => void res.setHeader(name, value),
  };
}

/** Every value of each key, in the order in which they came. */
function queryOf(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [key, value] of new URLSearchParams(search)) {
    const known = query[key];
    query[key] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return query;
}
