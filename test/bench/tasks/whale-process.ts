import type { InForce } from "../../../bot/in-force.ts";
import { startWork } from "../../../bot/work.ts";
import type { Orders, Report, StepMark } from "../orders.ts";
import { median, percentile } from "../stats.ts";
import { configured, groundOver } from "./ground.ts";
import { createLives } from "./lives.ts";
import { waitingOf } from "./makings.ts";
import { type BenchStore, openBenchStore } from "./store.ts";
import { watched } from "./watched.ts";

const clock = { nowMs: () => Date.now() };
const say = (report: Report): void => void process.send?.(report);

/**
 * The product's workers over one store, between simulators that answer at once. Asked with `fill N` it makes N tasks
 * that wait for their people, with `due N` it tells how late tasks are picked up, with a number it brings so many
 * tasks through their whole life and tells how many a second.
 */
async function live(orders: Orders): Promise<void> {
  const made = await configured(orders.env);
  const lives = createLives(() => store, made.inForce, `${process.pid}`);
  const late: number[] = [];
  const claimed = (lateMs: number): void => void late.push(lateMs);
  const store = watched(await openBenchStore(orders, clock), { ...lives.watcher, claimed });
  await startWork(groundOver(store, made, clock));
  const answer = async (asked: number | string): Promise<StepMark[]> => {
    const [what, count] = String(asked).split(" ");
    if (what === "fill") return [["filled", await fill(store, made.inForce, Number(count))]];
    if (what === "due") return lateness(store, made.inForce, { count: Number(count), late });
    const before = process.cpuUsage();
    const tookMs = await lives.run(Number(asked));
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000 / Number(asked);
    return [
      ["lives a second", (Number(asked) * 1000) / tookMs],
      ["cpu ms a life", cpuMs],
    ];
  };
  process.on("message", (asked: number | string) => {
    void answer(asked).then((marks) => say({ kind: "marks", marks }));
  });
  say({ kind: "listening", url: "" });
}

let filled = 0;
const FILLED_AT_ONCE = 200;

async function fill(store: BenchStore, inForce: InForce, count: number): Promise<number> {
  const end = filled + count;
  const lane = async (): Promise<void> => {
    while (filled < end) await store.tasks.make(waitingOf(inForce, "waiting", ++filled));
  };
  await Promise.all(Array.from({ length: FILLED_AT_ONCE }, lane));
  return filled;
}

/** Tasks that fall due one after another, 20 ms apart, beside all that waits. */
async function lateness(
  store: BenchStore,
  inForce: InForce,
  { count, late }: { count: number; late: number[] },
): Promise<StepMark[]> {
  late.length = 0;
  const firstMs = Date.now() + 1_000;
  const makings = Array.from({ length: count }, (_, i) =>
    waitingOf(inForce, "due", ++filled, firstMs + i * 20),
  );
  await Promise.all(makings.map((making) => store.tasks.make(making)));
  while (late.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  return [
    ["p50", median(late)],
    ["p99", percentile(late, 0.99)],
    ["max", Math.max(...late)],
  ];
}

process.once("message", (orders: Orders) => void live(orders));
