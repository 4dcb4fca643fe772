import type { Command } from "commander";
import {
  diffLines,
  placesWords,
  RELEASE_STAGE_WORDS,
  type Release,
  type ReleaseDiff,
  type ReleaseStage,
  releaseWords,
} from "../../core/releases/index.ts";
import { driftLine } from "../releases/answers.ts";
import type { ClusterDrift } from "../releases/drift.ts";
import { printList } from "./listed.ts";
import { localTime, terminalZone } from "./local-time.ts";
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";

const PATH = "/api/v1/releases";

/** What REST lists of a release. */
interface ListedRelease {
  id: string;
  set: string;
  title: string;
  by: string;
  at: string;
  stage: ReleaseStage;
  clusters: readonly string[];
  digest: string;
  approvedBy: readonly string[];
}

/** `whale releases …`: asks the running Whale. Approved they are in chat, or over REST by a person. */
export function releaseCommands(whale: Command): void {
  const releases = whale.command("releases").description("发布共享 Pack · releases of pack sets");
  releases.command("list", { isDefault: true }).description("历史 · history").action(list);
  releases.command("show").argument("<id>", ID).description("一次发布 · one of them").action(show);
  releases
    .command("start")
    .argument("<set>", "共享 Pack · the pack set")
    .option("--build <id>", "构建，不写则为最新 · the build; the newest when absent")
    .option("--why <text>", "原因 · why", "")
    .description("提出发布，由集写明的人批准 · asks for one; those whom the set names approve it")
    .action(start);
  for (const [deed, about] of Object.entries(DEEDS)) {
    releases
      .command(deed)
      .argument("<id>", ID)
      .option("--why <text>", "原因 · why", "")
      .description(about)
      .action((id: string, { why }: { why: string }) => act(id, deed, why));
  }
  releases.command("drift").description("与最近发布的差别 · what is not as it was released").action(drift);
  releases
    .command("diff")
    .argument("<from>", ID)
    .argument("<to>", ID)
    .description("两次发布的差别 · how two differ")
    .action(diff);
}

const ID = "编号，或其末几位 · its id, or the end of it";
const DEEDS = {
  rollback: "全部回滚 · takes all of its clusters back",
  abort: "中止，只在未改动时 · ends it where nothing is changed",
  pause: "在下一个集群前暂停 · lets it wait before the next cluster",
  resume: "继续 · goes on",
  retry: "回滚受阻后再试 · tries a blocked way back again",
} as const;

async function list(): Promise<void> {
  const whale = await runningWhale();
  const { releases } = (await (await whale.get(PATH)).json()) as { releases: ListedRelease[] };
  const lines = releases.map((release) => listedLine(release, terminalZone()));
  printList(lines, "还没有发布：whale releases start SET · no releases yet");
}

/** One release on one line. */
export function listedLine(release: ListedRelease, timeZone: string): string {
  const { id, set, title, by, at, stage, clusters, digest, approvedBy } = release;
  const { zh, en } = RELEASE_STAGE_WORDS[stage];
  const people = [by, ...approvedBy].join(" → ");
  const facts = [clusters.join(" "), digest.slice(0, 19), people, localTime(at, timeZone)];
  return plainText([id, `${zh} ${en}`, `${set} ${title}`, ...facts].join(" · "));
}

async function show(id: string): Promise<void> {
  const whale = await runningWhale();
  await print(await whale.get(`${PATH}/${encodeURIComponent(id)}`));
}

async function start(set: string, { build, why }: { build?: string; why: string }): Promise<void> {
  const whale = await runningWhale();
  await print(await whale.post(PATH, { set, why, ...(build === undefined ? {} : { build }) }));
}

async function act(id: string, deed: string, why: string): Promise<void> {
  const whale = await runningWhale();
  await print(await whale.post(`${PATH}/${encodeURIComponent(id)}/${deed}`, { why }));
}

async function print(answer: Response): Promise<void> {
  const { release } = (await answer.json()) as { release: Release & { approvedBy: string[] } };
  console.log(releaseText(release));
}

/** A release on some lines. */
export function releaseText(release: Release & { approvedBy: readonly string[] }): string {
  const { id, by, approvedBy, why, image, plan } = release;
  const told = releaseWords(release);
  const facts = [id, [by, ...approvedBy].join(" → "), why, image.reference].filter(Boolean).join(" · ");
  const places = placesWords(release);
  const lines = plan.lines.map(({ zh, en }) => (zh === en ? zh : `${zh} · ${en.trimStart()}`));
  const all = [told.zh, told.en, facts, `${places.zh} · ${places.en}`, ...lines];
  return all.map((line) => plainText(line)).join("\n");
}

async function drift(): Promise<void> {
  const whale = await runningWhale();
  const { drift: all } = (await (await whale.get(`${PATH}/drift`)).json()) as { drift: ClusterDrift[] };
  const lines = all.map(driftLine).map(({ zh, en }) => plainText(`${zh} · ${en}`));
  printList(lines, "没有发布过，无从比较 · nothing was released, so there is nothing to compare with");
}

async function diff(from: string, to: string): Promise<void> {
  const whale = await runningWhale();
  const path = `${PATH}/${encodeURIComponent(from)}/diff/${encodeURIComponent(to)}`;
  const { diff: found } = (await (await whale.get(path)).json()) as { diff: ReleaseDiff };
  const lines = diffLines(found);
  console.log(
    lines.length > 0 ? lines.map((line) => plainText(line)).join("\n") : "没有差别 · no difference",
  );
}
