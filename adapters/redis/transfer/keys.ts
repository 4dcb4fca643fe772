import type { Redis } from "ioredis";
import type { Client } from "../connection.ts";
import { mastersOf } from "../masters.ts";

/** All keys of a store but one, some at a time, each with the server that has it. */
export async function* keysOf(
  client: Client,
  { prefix, but }: { prefix: string; but: string },
): AsyncGenerator<{ node: Redis; keys: string[] }> {
  for (const node of mastersOf(client)) {
    let cursor = "0";
    do {
      const args = [cursor, "MATCH", `${prefix}{*`, "COUNT", 1000];
      const [next, found] = (await node.call("SCAN", ...args)) as [string, string[]];
      const keys = found.filter((key) => key !== but);
      if (keys.length > 0) yield { node, keys };
      cursor = next;
    } while (cursor !== "0");
  }
}

/** Names of connections of other processes to a store; none when the server does not tell. */
export async function connectionsOf(client: Client, name: string): Promise<string[]> {
  const lists = await Promise.all(
    mastersOf(client).map((node) => node.call("CLIENT", "LIST").catch(() => "") as Promise<string>),
  );
  const lines = lists.flatMap((list) => list.split("\n"));
  const ours = lines.filter((line) => line.includes(` name=${name} `));
  return [...new Set(ours.map((line) => / addr=(\S+)/.exec(line)?.[1] ?? "?"))].map(
    (at) => `connection from ${at}`,
  );
}
