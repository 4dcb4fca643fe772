import type { Command } from "commander";
import { type Build, isOver, type PackImage } from "../../core/releases/index.ts";
import { problemLine } from "../releases/builds/index.ts";
import { printList } from "./listed.ts";
import { localTime, terminalZone } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

/** What REST tells of a build. */
export type ShownBuild = Omit<Build, "lock" | "image" | "told"> & { image: Omit<PackImage, "lock"> | null };

const ALL = "/api/v1/builds";
const at = (id: string, what = "") => `${ALL}/${encodeURIComponent(id)}${what}`;

/** `whale builds …`: asks the running Whale. */
export function buildCommands(whale: Command): void {
  const builds = whale.command("builds").description("镜像的构建 · builds of images");
  builds.command("list", { isDefault: true }).description("构建，新的在前 · newest first").action(list);
  one(builds, "show").description("一次构建和检查的发现 · one, with what the checks found").action(show);
  one(builds, "log")
    .option("-f, --follow", "直到结束 · until it is over")
    .description("它的日志 · its log")
    .action((id: string, { follow }: { follow?: true }) => log(id, follow === true));
  one(builds, "cancel").description("取消 · cancel it").action(cancel);
  one(builds, "sbom").description("打印物料清单（CycloneDX） · print its bill of materials").action(sbom);
}

function one(builds: Command, name: string): Command {
  return builds.command(name).argument("<id>", "构建编号 · the build's id");
}

/** `whale packs build SET`: orders a build and follows its log. */
export function packBuildCommand(packs: Command): void {
  packs
    .command("build")
    .argument("<set>", "packsets/ 里的 id · a set's id")
    .option("--detach", "不等它结束 · without waiting for its end")
    .description("按锁构建镜像并推送；失败时退出码 1 · build and push the image of what is locked")
    .action(build);
}

async function build(set: string, { detach }: { detach?: true }): Promise<void> {
  const whale = await runningWhale();
  const { id } = (await (await whale.post(ALL, { set })).json()) as ShownBuild;
  console.error(`构建 · build ${id}`);
  if (detach) return console.log(id);
  await log(id, true);
  const over = (await (await whale.get(at(id))).json()) as ShownBuild;
  for (const line of buildLines(over, terminalZone())) console.log(line);
  if (over.stage !== "done") process.exitCode = 1;
}

async function list(): Promise<void> {
  const whale = await runningWhale();
  const { builds } = (await (await whale.get(ALL)).json()) as { builds: ShownBuild[] };
  const lines = builds.map((build) => buildLine(build, terminalZone()));
  printList(lines, "还没有构建：whale packs build SET · no builds yet");
}

async function show(id: string): Promise<void> {
  const whale = await runningWhale();
  const build = (await (await whale.get(at(id))).json()) as ShownBuild;
  for (const line of buildLines(build, terminalZone())) console.log(line);
}

async function cancel(id: string): Promise<void> {
  const whale = await runningWhale();
  const build = (await (await whale.post(at(id, "/cancel"), {})).json()) as ShownBuild;
  console.log(buildLine(build, terminalZone()));
}

async function sbom(id: string): Promise<void> {
  const whale = await runningWhale();
  process.stdout.write(await (await whale.get(at(id, "/sbom"))).text());
}

async function log(id: string, follow: boolean): Promise<void> {
  const whale = await runningWhale();
  const answer = await whale.get(at(id, "/log"), new URLSearchParams(follow ? { follow: "1" } : {}));
  for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    for (const line of piece.split(/(?<=\n)/)) {
      process.stdout.write(plainText(line.replace(/\n$/, "")) + (line.endsWith("\n") ? "\n" : ""));
    }
  }
}

/** One build on one line. */
export function buildLine(build: ShownBuild, timeZone: string): string {
  const { id, set, stage, since, by, image, problem } = build;
  const facts = [stage, localTime(since, timeZone), by, image?.reference, problem?.split("\n")[0]];
  return plainText([`${id} ${set}`, ...facts.filter(Boolean)].join(" · "));
}

/** One build with what was found in it. */
export function buildLines(build: ShownBuild, timeZone: string): string[] {
  const { problems = [], problem, image } = build;
  return [
    buildLine(build, timeZone),
    ...problems.map((found) => plainText(problemLine(found))),
    ...(problem === undefined ? [] : problem.split("\n").map(plainText)),
    ...(image ? [plainText(`${image.name} ${image.bytes} bytes`)] : []),
    ...(isOver(build) ? [] : [`whale builds log -f ${build.id}`]),
  ];
}
