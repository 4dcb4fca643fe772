import type http from "node:http";
import type { TestContext } from "node:test";
import {
  createElasticsearchArchive,
  type ElasticsearchArchive,
  type ElasticsearchOptions,
} from "../../../adapters/elasticsearch/index.ts";
import { httpServer } from "../../support/http-server.ts";
import { silentLog } from "../../support/log.ts";

/** What the script answers to one bulk request: a status for each document, or one answer for all. */
export type BulkStep = number[] | { status: number; body?: unknown } | "hang" | "cut" | "no product";

/** A server on loopback that says what a script says to bulk requests, and yes to all else. */
export interface Scripted {
  archive: ElasticsearchArchive;
  origin: string;
  /** The ids in each bulk request that came, in order. */
  bulks: string[][];
  headers: http.IncomingHttpHeaders[];
}

const HEADERS = {
  "content-type": "application/vnd.elasticsearch+json;compatible-with=8",
  "x-elastic-product": "Elasticsearch",
};

/** An archive whose bulk requests meet the steps of a script, the last one for ever. */
export async function scripted(
  test: TestContext,
  script: readonly BulkStep[],
  options: Partial<ElasticsearchOptions> = {},
): Promise<Scripted> {
  const bulks: string[][] = [];
  const headers: http.IncomingHttpHeaders[] = [];
  const { origin } = await httpServer(test, async (request, response) => {
    headers.push(request.headers);
    const text = await textOf(request);
    if (request.url?.startsWith("/_mget")) return send(response, 200, { docs: absent(text) });
    if (!request.url?.startsWith("/_bulk")) return send(response, 200, { acknowledged: true });
    const ids = text
      .split("\n")
      .flatMap((line) => /^\{"(?:index|create)":.*"_id":"([^"]*)"/.exec(line)?.[1] ?? []);
    const step = script[Math.min(bulks.length, script.length - 1)];
    bulks.push(ids);
    answer(response, step ?? [], ids);
  });
  const fixed = { urls: [origin], auth: { kind: "none" }, log: silentLog, backoffBaseMs: 1 } as const;
  const archive = createElasticsearchArchive({ ...fixed, ...options });
  test.after(() => archive.close());
  return { archive, origin, bulks, headers };
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const bytes of request) text += bytes;
  return text;
}

function absent(text: string): unknown[] {
  const { docs } = JSON.parse(text) as { docs: unknown[] };
  return docs.map(() => ({ found: false }));
}

function send(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, HEADERS).end(JSON.stringify(body));
}

function answer(response: http.ServerResponse, step: BulkStep, ids: readonly string[]): void {
  if (step === "hang") return;
  if (step === "cut") response.destroy();
  else if (step === "no product") response.writeHead(200, { "content-type": "application/json" }).end("{}");
  else if (Array.isArray(step)) send(response, 200, { errors: true, items: itemsOf(step, ids) });
  else
    send(
      response,
      step.status,
      step.body ?? { error: { type: "scripted", reason: "" }, status: step.status },
    );
}

const TYPES: Record<number, string> = {
  400: "document_parsing_exception",
  429: "es_rejected_execution_exception",
};

function itemsOf(statuses: readonly number[], ids: readonly string[]): unknown[] {
  return ids.map((_id, i) => {
    const status = statuses[i % statuses.length] ?? 200;
    const error = { type: TYPES[status] ?? "some_exception", reason: "scripted" };
    return { index: { _id, status, ...(status < 300 ? {} : { error }) } };
  });
}
