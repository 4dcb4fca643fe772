import { Command, CommanderError } from "commander";
import { errorText } from "../../core/errors.ts";

type Register = (whale: Command) => void;

/** Commands and where they live. Each is loaded when it is called: what one needs costs the others no time. */
const PARTS: readonly { names: readonly string[]; load: () => Promise<Register> }[] = [
  {
    names: ["check", "doctor", "sources", "tokens"],
    load: async () => (await import("./setup.ts")).setupCommands,
  },
  { names: ["policies"], load: async () => (await import("./policies.ts")).policyCommands },
  { names: ["packs"], load: packs },
  { names: ["migrate"], load: async () => (await import("./migrate.ts")).migrateCommand },
  { names: ["events"], load: async () => (await import("./events.ts")).eventCommands },
  { names: ["throttle"], load: async () => (await import("./throttle.ts")).throttleCommands },
  { names: ["outbox"], load: async () => (await import("./outbox.ts")).outboxCommand },
  { names: ["archive"], load: async () => (await import("./archive.ts")).archiveCommands },
  { names: ["audit"], load: async () => (await import("./audit.ts")).auditCommands },
  { names: ["explain"], load: async () => (await import("./explain.ts")).explainCommand },
  { names: ["tasks"], load: async () => (await import("./tasks.ts")).taskCommands },
  { names: ["duty"], load: async () => (await import("./duty.ts")).dutyCommand },
  { names: ["run"], load: async () => (await import("./run.ts")).runCommand },
  { names: ["clusters"], load: async () => (await import("./clusters.ts")).clusterCommands },
  {
    names: ["stops", "stop", "start"],
    load: async () => (await import("./stops.ts")).stopCommands,
  },
  { names: ["builds"], load: async () => (await import("./builds.ts")).buildCommands },
  { names: ["releases"], load: async () => (await import("./releases.ts")).releaseCommands },
  { names: ["actions"], load: async () => (await import("./actions.ts")).actionsCommand },
  { names: ["rules"], load: rules },
];

async function rules(): Promise<Register> {
  const { rulesCommands } = await import("./rules.ts");
  const { backtestCommand } = await import("./backtest.ts");
  const { ruleListCommand } = await import("./rule-list.ts");
  return (whale) => {
    const group = rulesCommands(whale);
    backtestCommand(group);
    ruleListCommand(group);
  };
}

async function packs(): Promise<Register> {
  const { packToolCommands } = await import("./pack-tools.ts");
  const { packBuildCommand } = await import("./builds.ts");
  const { packSetCommands } = await import("./packs.ts");
  return (whale) => {
    const group = whale.command("packs").description("pack 与共享 Pack · packs and pack sets");
    packToolCommands(group);
    packSetCommands(group);
    packBuildCommand(group);
  };
}

/** The command line with the part that is called, or with all where none is known by that name. */
async function program(called: string | undefined): Promise<Command> {
  const whale = new Command("whale")
    .description("鲸：企业微信里的运维自动化 · operations automation in WeCom")
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const parts = PARTS.filter(({ names }) => called !== undefined && names.includes(called));
  for (const { load } of parts.length > 0 ? parts : PARTS) (await load())(whale);
  return whale;
}

/** What a command line is wrong in, before what the parser says of it. */
const WRONG: Readonly<Record<string, string>> = {
  "commander.unknownCommand": "没有这个命令",
  "commander.unknownOption": "没有这个选项",
  "commander.excessArguments": "参数太多",
  "commander.missingArgument": "缺少参数",
  "commander.missingMandatoryOptionValue": "缺少必需的选项",
  "commander.optionMissingArgument": "选项缺少值",
  "commander.conflictingOption": "选项不能同时使用",
  "commander.invalidArgument": "值不合适",
};

/** Help that was asked for is no error, and has been shown. */
function tellError(error: unknown): number {
  if (!(error instanceof CommanderError)) {
    console.error(errorText(error));
    return 1;
  }
  const wrong = WRONG[error.code];
  if (wrong !== undefined) console.error(`${wrong} · ${error.message}`);
  return error.exitCode;
}

try {
  await (await program(process.argv[2])).parseAsync();
} catch (error) {
  process.exitCode = tellError(error);
}
