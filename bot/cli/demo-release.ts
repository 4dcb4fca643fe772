import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  type Build,
  isOver,
  isReleaseOver,
  RELEASE_STAGE_WORDS,
  RELEASE_STEP_WORDS,
  type Release,
  releaseCluster,
} from "../../core/releases/index.ts";
import { localAccess } from "../wire-local.ts";
import { DEMO_SET } from "./demo-packs.ts";
import { fail, press, type Tell } from "./demo-script.ts";
import type { DemoWorld } from "./demo-world.ts";

/** Of those whom the sample's pack set names. */
const APPROVER = "wangwu";
const TITLE = "示例包";
const LOOK_MS = 100;
const STEP_TIMEOUT_MS = 60_000;
/** Whale waits so long before it believes that a drained cluster is empty: other processes may have started something. */
const SETTLE_MS = 11_000;
const JUMP_EVERY = 30;

/** Builds the sample's pack set, releases it to both clusters and takes it back, by the REST routes and cards. */
export async function playRelease(world: DemoWorld, tell: Tell): Promise<void> {
  const rest = await restOf(world);
  const build = await built(rest, tell);
  const asked = await rest.post<{ release: Release }>("/api/v1/releases", {
    set: DEMO_SET,
    why: "演示 demo",
  });
  tell(
    `发布卡片送达 ${APPROVER} · release card: ${asked.release.plan.lines.map(({ zh }) => zh.trim()).join("；")}`,
  );
  await click(world, "approve", tell);
  await followed(world, { rest, id: asked.release.id, ends: "done" }, tell);
  const { drift } = await rest.get<{ drift: { outcome: string }[] }>("/api/v1/releases/drift");
  if (drift.some(({ outcome }) => outcome !== "same")) fail("漂移 (drift)", JSON.stringify(drift));
  tell(`两个集群都是 · both clusters run ${build.image?.digest.slice(0, 19)}`);
  await click(world, "rollback", tell);
  await followed(world, { rest, id: asked.release.id, ends: "rolled_back" }, tell);
}

interface Rest {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

/** REST as whoever sits at the machine. */
async function restOf({ home }: DemoWorld): Promise<Rest> {
  const { origin, token } = await localAccess(join(home, "data"));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(`${origin}${path}`, { ...init, headers });
    if (!answer.ok) fail(`${init.method ?? "GET"} ${path}`, `${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    get: (path) => ask(path, {}),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

async function built({ get, post }: Rest, tell: Tell): Promise<Build> {
  const { id } = await post<Build>("/api/v1/builds", { set: DEMO_SET });
  const build = await found("构建 (build)", async () => {
    const now = await get<Build>(`/api/v1/builds/${id}`);
    return isOver(now) ? now : null;
  });
  if (build.stage !== "done") fail("构建 (build)", build.problem ?? build.stage);
  const packs = (build.packs ?? []).map(({ ref, version }) => `${ref} ${version}`).join(", ");
  tell(`镜像（由模拟器构建）· image, built by a simulator: ${packs} → ${build.image?.digest.slice(0, 19)}`);
  return build;
}

async function click({ wecom }: DemoWorld, key: "approve" | "rollback", tell: Tell): Promise<void> {
  const taskId = await found(`卡片 (card) ${key}`, async () => {
    const cards = (wecom.chats()[APPROVER] ?? []).flatMap((item) => (item.kind === "card" ? item.card : []));
    const open = cards.filter(({ title, buttons }) => {
      return title.includes(TITLE) && buttons.some((button) => button.key === key);
    });
    return open.at(-1)?.taskId ?? null;
  });
  await press(wecom, taskId, key, APPROVER);
  tell(`${APPROVER} 点击 · clicked ${key}`);
}

interface Followed {
  rest: Rest;
  id: string;
  ends: "done" | "rolled_back";
}

/** Tells each step, until it is over. */
async function followed(world: DemoWorld, { rest, id, ends }: Followed, tell: Tell): Promise<void> {
  let last = "";
  let looks = 0;
  const over = await found(`发布 (release) ${ends}`, async () => {
    const { release } = await rest.get<{ release: Release }>(`/api/v1/releases/${id}`);
    const { stage, step } = release;
    if (stage === ends || (isReleaseOver(release) && stage !== "done")) return release;
    if (stage !== "rolling" && stage !== "back") return null;
    const { zh, en } = RELEASE_STEP_WORDS[step];
    const told = `${releaseCluster(release)} ${zh} · ${en}`;
    if (told !== last) tell(told);
    looks = told === last ? looks + 1 : 0;
    // Not with each look: a callback whose time is too far from Whale's is refused.
    if (step === "draining" && looks % JUMP_EVERY === 1) world.jump(SETTLE_MS);
    last = told;
    return null;
  });
  const { zh, en } = RELEASE_STAGE_WORDS[over.stage];
  tell(`发布 ${zh} · release ${en}`);
  if (over.stage !== ends) fail(`发布 (release) ${ends}`, over.problem?.message ?? over.stage);
}

async function found<T>(step: string, look: () => Promise<T | null>): Promise<T> {
  const until = performance.now() + STEP_TIMEOUT_MS;
  while (performance.now() < until) {
    const seen = await look();
    if (seen !== null) return seen;
    await pause(LOOK_MS);
  }
  return fail(step, "timed out");
}
