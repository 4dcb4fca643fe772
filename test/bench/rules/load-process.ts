import { drawing, specs } from "./drawn.ts";
import { processor } from "./measure.ts";
import { ownSet } from "./own.ts";

// Loads rules in a process of its own and tells what that took.

const [count = "10000", seed = "1"] = process.argv.slice(2);
const drawn = specs(Number(count), drawing(Number(seed)));
const before = processor();
const set = ownSet(drawn);
const loadMs = processor() - before;
const rssMb = process.memoryUsage.rss() / 1e6;
console.log(
  JSON.stringify({ rules: set.rules.length, loadMs: Math.round(loadMs), rssMb: Math.round(rssMb) }),
);
