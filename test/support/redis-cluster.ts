import { Redis } from "ioredis";
import type { RedisServers } from "../../adapters/redis/index.ts";
import { freePort } from "./free-port.ts";
import { type RedisServer, startRedis } from "./redis.ts";

/** Three masters that share the slots. */
export interface RedisClusterOfThree {
  servers: RedisServers;
  nodes: readonly RedisServer[];
  /** Resolves once every node sees all the others. */
  whole(): Promise<void>;
  remove(): Promise<void>;
}

const SLOTS = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

/** Starts three servers as a Redis Cluster on this machine. */
export async function startCluster(): Promise<RedisClusterOfThree> {
  const settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
  const buses = await Promise.all(SLOTS.map(freePort));
  const nodes = await Promise.all(buses.map((bus) => startRedis([...settings, "--cluster-port", `${bus}`])));
  const clients = clientsOf(nodes);
  for (const [index, client] of clients.entries()) {
    const [from, to] = SLOTS[index] ?? [0, 0];
    await client.call("CLUSTER", "ADDSLOTSRANGE", from, to);
    for (const [other, { port }] of nodes.entries())
      await client.call("CLUSTER", "MEET", "127.0.0.1", port, buses[other] ?? 0);
  }
  for (const client of clients) client.disconnect();
  const whole = async (): Promise<void> => {
    const watchers = clientsOf(nodes);
    await Promise.all(watchers.map(joined));
    for (const one of watchers) one.disconnect();
  };
  await whole();
  return {
    servers: { kind: "cluster", nodes: nodes.map(({ port }) => ({ host: "127.0.0.1", port })) },
    nodes,
    whole,
    remove: async () => {
      for (const node of nodes) await node.remove();
    },
  };
}

function clientsOf(nodes: readonly RedisServer[]): Redis[] {
  return nodes.map(({ port }) => new Redis({ host: "127.0.0.1", port }));
}

/** Resolves once a node knows the owner of every slot. */
async function joined(client: Redis): Promise<void> {
  for (;;) {
    const info = String(await client.call("CLUSTER", "INFO"));
    if (info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3")) return;
  }
}
