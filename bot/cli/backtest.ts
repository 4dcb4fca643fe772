import type { Command } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import { compileMutes } from "../../core/mutes/index.ts";
import { type BackTest, backTest, compareRules } from "../../core/replays/index.ts";
import { timeHold } from "../../core/rules/index.ts";
import { environment, formatFaults, readPlace } from "../config/index.ts";
import { INSTANT_WORDS, instantOf } from "../http/index.ts";
import type { InForce } from "../in-force.ts";
import { openArchivedEvents, type Received } from "../wire-backtest.ts";
import { prepareChange } from "../wire-home.ts";
import { type BackTestLook, backTestLines } from "./backtest-words.ts";
import { readGivenFile } from "./given-file.ts";
import { terminalZone } from "./local-time.ts";

interface BackTestAsked {
  since: string;
  until?: string;
  change?: string[];
  rule?: string[];
  json?: boolean;
}

/** So many of the events that differ between two versions are told. */
const SHOWN_EVENTS = 20;
/** So often a person who waits hears how far it is, in events. */
const TOLD_EACH = 100_000;

const HELP = `
在命令自己的进程里只读归档，不碰正在运行的 Whale：限流从满桶起按事件收到的时间算，窗口和班次也按那时，静音不算；
策略和集群用现在的。参数不与集群上的动作核对。
Reads the archive in its own process, never writes and leaves the running Whale alone: throttles begin with full
buckets and are judged, like windows and schedules, at each event's receipt; mutes do not count; policies and
clusters are those of now. Params are not held against the actions of the clusters.`;

/** `whale rules backtest`: what the rules of the files would have made of archived events. */
export function backtestCommand(rules: Command): void {
  const more = (value: string, before: string[] = []) => [...before, value];
  rules
    .command("backtest")
    .option("--since <when>", "从何时起：30d 或 ISO 时间 · since when: 30d, or an ISO time", "30d")
    .option("--until <when>", "到何时止，默认现在 · until when; now when absent")
    .option(
      "--change <file>",
      "改过的或新的规则文件，可重复 · a rule file that replaces or adds a rule, repeatable",
      more,
    )
    .option("--rule <id>", "只看这条规则，可重复 · show this rule alone, repeatable", more)
    .option("--json", "打印为 JSON · print it as JSON")
    .description("用归档里的事件试规则，只读 · what the rules would have made of archived events, read-only")
    .addHelpText("after", HELP)
    .action(run);
}

async function run(asked: BackTestAsked): Promise<void> {
  const env = environment();
  const read = readPlace(env, process.cwd());
  if (read.outcome === "refused") return stop(formatFaults(read.faults));
  const { place } = read;
  const received = receivedOf(asked, Date.now());
  const changes = (asked.change ?? []).map((name) => ({ name, text: readGivenFile(name).toString("utf8") }));
  const prepared = await prepareChange(env, place.home, changes);
  if (prepared.outcome === "refused") return stop(prepared.message);
  const { before, after } = prepared;
  const unknown = asked.rule?.find((id) => ![before, after].some((home) => hasRule(home, id)));
  if (unknown !== undefined) return stop(`没有规则 ${unknown} · there is no rule ${unknown}`);
  const archive = await openArchivedEvents(place);
  try {
    const tell = (events: number) => process.stderr.write(`${events} 个事件 · events …\n`);
    const look = await judgeAll(archive.pages(received), { before, after }, { received, tell });
    const shown = onlyRules(look, asked.rule);
    if (asked.json) console.log(JSON.stringify(shown));
    else for (const line of backTestLines(shown, terminalZone())) console.log(line);
  } finally {
    await archive.close();
  }
}

/** Judges all pages by the rules in force and, where there are such, by the changed ones beside them. */
export async function judgeAll(
  pages: AsyncIterable<readonly WhaleEvent[]>,
  homes: { before: InForce; after: InForce | null },
  { received, tell = () => undefined }: { received: Received; tell?: (events: number) => void },
): Promise<BackTestLook> {
  const before = testOf(homes.before);
  const after = homes.after && testOf(homes.after);
  const comparison = after && compareRules({ before, after }, SHOWN_EVENTS);
  const judge = comparison ? comparison.judge : before.judge;
  let [events, told] = [0, 0];
  for await (const page of pages) {
    for (const event of page) judge(event);
    events += page.length;
    if (events - told < TOLD_EACH) continue;
    told = events;
    tell(events);
  }
  const [from, to] = [received.fromMs, received.toMs].map((ms) => new Date(ms).toISOString());
  const look = {
    from: String(from),
    to: String(to),
    events,
    chained: before.chained(),
    rules: before.counts(),
  };
  if (!after || !comparison) return look;
  const changed = { rules: after.counts(), differences: comparison.differences() };
  return { ...look, changed: { ...changed, events: comparison.events() } };
}

function testOf({ set, schedules, windows, policies, clusters, routes }: InForce): BackTest {
  const hold = timeHold({ schedules, windows, mutes: compileMutes([]) });
  return backTest(set, { nowMs: Date.now(), policies, clusters, routes, timeHold: hold });
}

function receivedOf({ since, until }: BackTestAsked, nowMs: number): Received {
  const [from, to] = [instantMs("since", since, nowMs), until ? instantMs("until", until, nowMs) : nowMs];
  if (from < to) return { fromMs: from, toMs: to };
  throw badOption(`--until ${until ?? ""}：要晚于 --since (must be later than --since)`);
}

function instantMs(name: string, text: string, nowMs: number): number {
  const iso = instantOf(text, nowMs);
  if (iso === null) throw badOption(`--${name} ${JSON.stringify(text)}：${INSTANT_WORDS}`);
  return Date.parse(iso);
}

function badOption(message: string): ChatOpsError {
  return new ChatOpsError(message, { code: "cli.bad_option" });
}

function hasRule(home: InForce | null, id: string): boolean {
  return home?.rules.some((rule) => rule.id === id) ?? false;
}

function onlyRules(look: BackTestLook, ids: readonly string[] | undefined): BackTestLook {
  if (!ids) return look;
  const only = <T extends { ruleId: string }>(all: readonly T[]) =>
    all.filter(({ ruleId }) => ids.includes(ruleId));
  const { changed } = look;
  if (!changed) return { ...look, rules: only(look.rules) };
  const { rules, differences, events } = changed;
  const shown = { rules: only(rules), differences: only(differences), events: only(events) };
  return { ...look, rules: only(look.rules), changed: shown };
}

function stop(text: string): void {
  console.error(text);
  process.exitCode = 1;
}
