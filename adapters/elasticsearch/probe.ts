import { isChatOpsError } from "../../core/errors.ts";
import { checkOptions, type ElasticsearchOptions } from "./config.ts";
import { type Connection, createConnection } from "./connection.ts";
import { createIndices } from "./indices.ts";

/** How a cluster stands to Whale. What it does not tell Whale's user is null. */
export type ElasticsearchProbe =
  | { outcome: "up"; version: string | null; health: string | null }
  | { outcome: "down"; code: string; message: string };

/** Asks what an archive needs: to be reached, and the rights to put templates and to read. Changes nothing. */
export async function probeElasticsearch(options: ElasticsearchOptions): Promise<ElasticsearchProbe> {
  const config = checkOptions(options);
  const connection = createConnection(config);
  const indices = createIndices(config.prefix);
  try {
    await connection.ask("look for index templates", (client) =>
      client.indices.existsIndexTemplate({ name: `${config.prefix}-*` }),
    );
    await connection.ask("count events", (client) => client.count({ index: indices.all("events") }));
    const version = await told(connection, async (client) => (await client.info()).version.number);
    const health = await told(connection, async (client) => (await client.cluster.health()).status);
    return { outcome: "up", version, health };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return { outcome: "down", code: error.code, message: error.message };
  } finally {
    await connection.close();
  }
}

/** Least rights do not include looking at the cluster itself. */
async function told({ ask }: Connection, call: Parameters<typeof ask<string>>[1]): Promise<string | null> {
  return ask("look at the cluster", call).catch(() => null);
}
