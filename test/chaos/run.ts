import { campaign } from "./campaign.ts";
import { NAMED, ordered, PLANTED } from "./orders.ts";
import { releaseCampaign } from "./releases/campaign.ts";
import { report, summed } from "./report.ts";

/** Each planted fault must be found under its name; the last line says what each was called. */
async function selfTest(seed: number): Promise<number> {
  const caught: Record<string, Record<string, number>> = {};
  for (const plant of PLANTED) {
    const { found } = await campaign({ runs: 9, seed, store: "embedded", processes: 1, plant });
    const counts = Object.entries(found).map(([kind, lines]) => [kind, lines.length] as const);
    caught[plant] = Object.fromEntries(counts.filter(([, count]) => count > 0));
    for (const line of found[NAMED[plant]].slice(0, 2)) console.log(`${plant}: ${NAMED[plant]}: ${line}`);
  }
  const missed = PLANTED.filter((plant) => (caught[plant]?.[NAMED[plant]] ?? 0) === 0);
  console.log(JSON.stringify({ caught, missed }));
  return missed.length === 0 ? 0 : 1;
}

const { selfTest: isSelfTest, releases, ...given } = ordered();

/** Tasks first, then releases with tasks around them. */
async function all(): Promise<number> {
  const beganMs = performance.now();
  const tasks = await campaign(given);
  const tookMs = performance.now() - beganMs;
  const released = releases > 0 ? await releaseCampaign({ ...given, releases }) : null;
  const facts = released ? summed([tasks, released.tasks]) : tasks;
  return report({ runs: given.runs, facts, tookMs }, released?.facts ?? null);
}

process.exitCode = isSelfTest ? await selfTest(given.seed) : await all();
process.exit();
