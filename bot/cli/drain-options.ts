import type { Command } from "commander";

/** What `drainOptions` reads. */
export interface DrainOptions {
  for?: string;
  atDeadline: string;
  why: string;
  force?: true;
}

/** How clusters are drained, for commands that drain one or some. */
export function drainOptions(command: Command): Command {
  return command
    .option("--for <duration>", "排空的期限，如 30m · a deadline of a drain")
    .option("--at-deadline <what>", "到期后 wait、cancel 或 leave · what then", "wait")
    .option("--why <text>", "原因 · why", "")
    .option("--force", "即使有业务因此没有集群 · even where a business is left without a cluster");
}
