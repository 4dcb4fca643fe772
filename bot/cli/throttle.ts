import type { Command } from "commander";
import { localTime, terminalZone } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** A bucket as REST gives it. */
export interface ShownBucket {
  key: string;
  tokens: number;
  burst: number;
  nextAt: string;
  held: number;
}

/** `whale throttle …`: the buckets, asked of the running process. */
export function throttleCommands(whale: Command): Command {
  const throttle = whale
    .command("throttle")
    .description("限流，向运行中的 Whale 查询 · the throttle, asked of the running Whale");
  throttle
    .command("show")
    .argument("<key>", "规则:键，或 @共享桶 · rule:key as a verdict shows it, or @shared")
    .description("一个桶剩几个令牌、何时有下一个 · what a bucket holds, and when the next token is there")
    .action(show);
  return throttle;
}

async function show(key: string): Promise<void> {
  const whale = await runningWhale();
  const answer = await whale.get(`/api/v1/throttle/${encodeURIComponent(key)}`);
  const { bucket } = (await answer.json()) as { bucket: ShownBucket };
  console.log(bucketLines(bucket, terminalZone()).join("\n"));
}

/** A bucket as lines. */
export function bucketLines({ key, tokens, burst, nextAt, held }: ShownBucket, timeZone: string): string[] {
  return [
    `键 key        ${plainText(key)}`,
    `剩余 left     ${Math.floor(tokens * 100) / 100} / ${burst}`,
    `下一个 next   ${localTime(nextAt, timeZone)}`,
    `已拦 held     ${held}`,
  ];
}
