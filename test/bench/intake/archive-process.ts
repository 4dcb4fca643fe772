import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Report } from "../orders.ts";

/**
 * Stands in for Elasticsearch: takes every change, keeps nothing and finds nothing. Whale's own part of archiving is
 * done in full; the work of a real Elasticsearch, which has machines of its own, is not.
 */
function live(): void {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url?.split("?")[0] ?? "";
      const status = request.method === "HEAD" ? 404 : 200;
      response.writeHead(status, {
        "x-elastic-product": "Elasticsearch",
        "content-type": "application/vnd.elasticsearch+json;compatible-with=8",
      });
      response.end(request.method === "HEAD" ? undefined : JSON.stringify(answerTo(path, body)));
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ kind: "listening", url: `http://127.0.0.1:${port}` } satisfies Report);
  });
}

const SHARDS = { _shards: { total: 1, successful: 1, skipped: 0, failed: 0 } };
const NOTHING = { total: { value: 0, relation: "eq" }, max_score: null, hits: [] };

function answerTo(path: string, body: string): object {
  if (path.endsWith("/_bulk")) return { took: 1, errors: false, items: taken(body) };
  if (path.endsWith("/_mget")) return { docs: notFound(body) };
  if (path.endsWith("/_search")) return { took: 1, timed_out: false, ...SHARDS, hits: NOTHING };
  if (path.endsWith("/_count")) return { count: 0, ...SHARDS };
  if (path === "/")
    return { version: { number: "8.19.0", build_flavor: "default" }, tagline: "You Know, for Search" };
  return { acknowledged: true, ...SHARDS };
}

type Action = Record<string, { _index: string; _id: string }>;

function taken(body: string): object[] {
  const items: object[] = [];
  const lines = body.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === "") continue;
    const [name = "", { _index, _id }] =
      Object.entries(JSON.parse(lines[i] ?? "") as Action)[0] ?? (["", {}] as never);
    items.push({
      [name]: { _index, _id, _version: 1, status: 201, result: "created", _seq_no: 1, _primary_term: 1 },
    });
    if (name !== "delete") i += 1;
  }
  return items;
}

function notFound(body: string): object[] {
  const { docs = [] } = JSON.parse(body) as { docs?: { _index: string; _id: string }[] };
  return docs.map(({ _index, _id }) => ({ _index, _id, found: false }));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

process.once("message", live);
