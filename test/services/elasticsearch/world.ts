import { after, type TestContext } from "node:test";
import type { ElasticsearchOptions } from "../../../adapters/elasticsearch/index.ts";
import {
  createElasticsearchArchive,
  type ElasticsearchArchive,
} from "../../../adapters/elasticsearch/index.ts";
import { NUMERIC_FIELDS } from "../../contract/archive.ts";
import { silentLog } from "../../support/log.ts";
import { type ElasticsearchNode, startElasticsearch } from "./node.ts";
import { prepareElasticsearch } from "./prepare.ts";

/** A node for the tests of one file, ended behind them; or the reason why there is none. */
export async function nodeForTests(
  settings: readonly string[] = [],
): Promise<{ node: ElasticsearchNode } | { skip: string }> {
  const prepared = prepareElasticsearch();
  if (prepared.outcome === "missing") return { skip: `Elasticsearch is missing: ${prepared.reason}` };
  const node = await startElasticsearch(prepared, settings);
  after(() => node.close());
  return { node };
}

let prefixes = 0;

/** An empty archive with indices of its own, deleted after the test. */
export function archiveForTest(
  test: TestContext,
  node: ElasticsearchNode,
  options: Partial<ElasticsearchOptions> = {},
): ElasticsearchArchive & { prefix: string } {
  const prefix = `t${prefixes++}`;
  const numericFields = () => NUMERIC_FIELDS;
  const fixed = { urls: [node.url], auth: { kind: "none" }, log: silentLog, numericFields } as const;
  const archive = createElasticsearchArchive({ ...fixed, prefix, replicas: 0, backoffBaseMs: 1, ...options });
  test.after(async () => {
    await archive.close();
    await fetch(`${node.url}/${prefix}-*?expand_wildcards=all`, { method: "DELETE" });
  });
  return { ...archive, prefix };
}
