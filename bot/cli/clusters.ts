import type { Command } from "commander";
import { type ClusterState, type Drain, type DrainCounts, STATE_WORDS } from "../../core/clusters/index.ts";
import { upgradeCommands } from "./cluster-upgrades.ts";
import { type DrainOptions, drainOptions } from "./drain-options.ts";
import { printList } from "./listed.ts";
import { localTime, terminalZone } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** What REST tells of a cluster. */
export interface ShownCluster {
  name: string;
  state: ClusterState;
  since: string;
  version?: string;
  message?: string;
  open: number;
  drain: Drain | null;
  left: DrainCounts | null;
}

/** `whale clusters …`: asks the running Whale. */
export function clusterCommands(whale: Command): void {
  const clusters = whale.command("clusters").description("集群：状态、排空 · clusters: state, drain");
  clusters
    .command("list", { isDefault: true })
    .description("每个集群的状态、版本、未结束的执行 · how each stands")
    .action(list);
  drainOptions(clusters.command("drain"))
    .argument("<name>", "集群 · the cluster")
    .description("不再在它上面启动新的执行 · nothing new starts there")
    .action(drain);
  clusters
    .command("undrain")
    .argument("<name>", "集群 · the cluster")
    .option("--skip <why>", "不试运行的原因 · why no canary is run")
    .description("试运行成功后恢复启动 · starts go there again once a canary passed")
    .action(undrain);
  upgradeCommands(clusters);
}

async function list(): Promise<void> {
  const whale = await runningWhale();
  const answer = await whale.get("/api/v1/clusters");
  const { clusters } = (await answer.json()) as { clusters: ShownCluster[] };
  const lines = clusters.map((cluster) => clusterLine(cluster, terminalZone()));
  printList(lines, "没有集群：clusters/*.yaml · there are no clusters");
}

async function drain(name: string, options: DrainOptions): Promise<void> {
  const { atDeadline, why, force = false } = options;
  const length = options.for === undefined ? {} : { for: options.for };
  await order(name, "drain", { ...length, atDeadline, why, force });
}

async function undrain(name: string, { skip }: { skip?: string }): Promise<void> {
  await order(name, "undrain", skip === undefined ? {} : { skip });
}

async function order(name: string, what: "drain" | "undrain", body: object): Promise<void> {
  const whale = await runningWhale();
  const answer = await whale.post(`/api/v1/clusters/${encodeURIComponent(name)}/${what}`, body);
  console.log(clusterLine((await answer.json()) as ShownCluster, terminalZone()));
}

/** One cluster on one line. */
export function clusterLine(cluster: ShownCluster, timeZone: string): string {
  const { name, state, since, version, message, open, drain, left } = cluster;
  const { zh, en } = STATE_WORDS[state];
  const runs = left && `还在跑 still runs: Whale ${left.own}, paused ${left.paused}, all ${left.all ?? "?"}`;
  const done = drain?.done ? "已排空 drained" : null;
  const facts = [version, localTime(since, timeZone), message, done, runs, `open ${open}`];
  return plainText([`${name}: ${zh} ${en}`, ...facts.filter(Boolean)].join(" · "));
}
