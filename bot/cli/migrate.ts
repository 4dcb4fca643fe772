import { type Command, Option } from "commander";
import { STORE_PLACES, type StorePlace } from "../../core/transfer/index.ts";
import { environment } from "../config/index.ts";
import { cancel, type Migration, type MigrationNews, migrate, survey } from "../migrate/index.ts";
import { openMigration } from "../wire-migrate.ts";
import { cancelLines, endLines, surveyLines } from "./migrate-words.ts";

interface MigrateAsked {
  from: StorePlace;
  to: StorePlace;
  dryRun?: boolean;
  cancel?: boolean;
  replace?: boolean;
  evenIfRunning?: boolean;
}

const HELP = `
先停掉 Whale。两边由 npm start 用的那些环境变量决定：WHALE_DATA、REDIS_URL、ELASTICSEARCH_URL。
中断了就再运行一次同样的命令，从断点继续。比对全部通过以前目标不能启动，开始以后源也不能启动。
Stop Whale first. The sides are those of the environment that npm start uses. Interrupted, run the same command
again: it goes on. The target cannot be started before everything has been compared, nor the source once it began.`;

/** `whale migrate`: everything that is stored goes from the embedded stores to Redis and Elasticsearch, or back. */
export function migrateCommand(whale: Command): void {
  whale
    .command("migrate")
    .addOption(
      new Option("--from <place>", "从哪里 · from where").choices(STORE_PLACES).makeOptionMandatory(),
    )
    .addOption(new Option("--to <place>", "到哪里 · to where").choices(STORE_PLACES).makeOptionMandatory())
    .option("--dry-run", "只数条数和字节，不改变任何数据 · only count records and bytes")
    .option("--cancel", "放弃没完成的搬迁，或作废已完成的 · give a move up, or undo one that is finished")
    .option("--replace", "删掉以前的搬迁留在目标里的数据 · delete what an earlier move left in the target")
    .option("--even-if-running", "看到还有进程在用也继续 · go on although processes are seen at work")
    .description(
      "把全部数据搬到 Redis 和 Elasticsearch，或搬回来 · move all data to Redis and Elasticsearch, or back",
    )
    .addHelpText("after", HELP)
    .action(run);
}

async function run(asked: MigrateAsked): Promise<void> {
  if (asked.from === asked.to) return fail(["--from 和 --to 不能相同 · --from and --to must differ"]);
  const opened = await openMigration(environment(), process.cwd(), asked.from);
  if (opened.outcome === "refused") return fail([opened.message]);
  try {
    await perform(asked, {
      ...opened,
      evenIfRunning: asked.evenIfRunning === true,
      replace: asked.replace === true,
      tell: progressTeller(),
    });
  } finally {
    await opened.close();
  }
}

async function perform(asked: MigrateAsked, migration: Migration): Promise<void> {
  if (asked.dryRun) return print(surveyLines(await survey(migration)));
  const { failed, lines } = asked.cancel
    ? cancelLines(await cancel(migration))
    : endLines(await migrate(migration), asked.to);
  if (failed) fail(lines);
  else print(lines);
}

const STEPS: Record<MigrationNews["step"], string> = { copy: "复制 copy", verify: "比对 compare" };
/** So many records go by between two lines. */
const LINE_EVERY = 10_000;

function progressTeller(): (news: MigrationNews) => void {
  let told = 0;
  return ({ step, kind, records, done }) => {
    if (records < told) told = 0;
    if (!done && records - told < LINE_EVERY) return;
    told = done ? 0 : records;
    if (records > 0) console.error(`${STEPS[step]} ${kind}: ${records}${done ? "" : " …"}`);
  };
}

function print(lines: readonly string[]): void {
  console.log(lines.join("\n"));
}

function fail(lines: readonly string[]): void {
  console.error(lines.join("\n"));
  process.exitCode = 1;
}
