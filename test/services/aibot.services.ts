import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AibotSimulator, startAibotSimulator } from "../../fixtures/simulators/aibot/index.ts";
import { NO_REDIS } from "../support/redis.ts";
import { until } from "../support/world.ts";
import { type Fleet, type Member, startFleet } from "./fleet.ts";

const GROUP = "wrOpsGroup";
/** The lease of a process that is gone, the look for it, and the connect; with room for a busy machine. */
const SECONDS_TO_TAKE_OVER = 25;
/** Few enough that all rounds are within what a conversation takes at once. */
const QUESTIONS = 4;

const connected = ({ lines }: Member) => lines.filter(({ msg }) => msg === "the AI bot is connected").length;
const answers = (bot: AibotSimulator) =>
  (bot.chat(GROUP)?.entries ?? []).filter((entry) => entry.kind === "bot").length;

/** Asks several things and waits for all answers, whichever process works on them. */
async function asked(fleet: Fleet, bot: AibotSimulator): Promise<void> {
  const before = answers(bot);
  for (let i = 0; i < QUESTIONS; i += 1) bot.say("zhangsan", "任务", { group: GROUP });
  const lines = fleet.members.flatMap((member) => member.lines);
  await until({ lines, patienceMs: 30_000 }, "all answers", () => answers(bot) === before + QUESTIONS);
}

describe("the AI bot of two processes on one Redis", { skip: NO_REDIS }, () => {
  test("has one connection, which the other takes over when its process is killed", async (t) => {
    const bot = await startAibotSimulator();
    t.after(() => bot.close());
    const env = { AIBOT_ID: bot.botId, AIBOT_SECRET: bot.secret, AIBOT_URL: bot.url };
    const fleet = await startFleet(t, { env: () => env });
    await until({ lines: [] }, "a connection", () => bot.state().live);
    await asked(fleet, bot);
    const holder = fleet.members.find((member) => connected(member) > 0);
    const other = fleet.members.find((member) => member !== holder);
    assert.deepEqual([bot.state().subscribed, other && connected(other)], [1, 0]);

    const beganMs = performance.now();
    await holder?.end("SIGKILL");
    await until(
      { lines: [], patienceMs: 60_000 },
      "the other to connect",
      () => bot.state().subscribed === 2,
    );
    assert.ok(performance.now() - beganMs < SECONDS_TO_TAKE_OVER * 1_000);
    await asked(fleet, bot);

    await holder?.start();
    await asked(fleet, bot);
    const { subscribed, kicked, mostAtOnce } = bot.state();
    assert.deepEqual({ subscribed, kicked, mostAtOnce }, { subscribed: 2, kicked: 0, mostAtOnce: 1 });

    await other?.end("SIGTERM");
    await until(
      { lines: [], patienceMs: 60_000 },
      "the first to connect again",
      () => bot.state().subscribed === 3,
    );
    await asked(fleet, bot);
  });
});
