import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import type { ImageOrder } from "../../core/ports/index.ts";
import { BILL_PATH } from "../../core/releases/index.ts";
import type { Buildah, Call } from "./buildah.ts";
import type { ImagesConfig } from "./config.ts";
import { FINISH, type Finished, readFinished } from "./finish.ts";
import { type Layout, readLayout } from "./layout.ts";
import { checkNames, readName } from "./names.ts";

/** 1980-01-01, the earliest that archives of all kinds can hold: the time of every file and of the image. */
const EPOCH_SECONDS = 315_532_800;

const BUILDER = "whale-builder";
const RUNTIME = "whale-runtime";

/** Makes installs repeat themselves. */
const STEADY = {
  ...{ SOURCE_DATE_EPOCH: String(EPOCH_SECONDS), PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
  ...{ PIP_NO_CACHE_DIR: "1", PIP_NO_COMPILE: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" },
  LC_ALL: "C.UTF-8",
};

/** Where the image that was built under a tag waits for its push. */
export function layoutFolder(folder: string, tag: string): string {
  return join(folder, "built", tag);
}

/**
 * Builds an image into a layout on the disk: packs are installed in a container of the builder, and what that left is
 * copied onto the runtime base. Copied, and never run there: a base that declares its trees as volumes would lose it.
 */
export async function buildImage(
  order: ImageOrder,
  call: Call,
  { config, buildah }: { config: ImagesConfig; buildah: Buildah },
): Promise<Layout> {
  checkNames(order);
  readName(order.image);
  const runner = { config, buildah, call };
  await buildah.endLeftover();
  await clear(runner);
  await rm(join(config.folder, "built"), { recursive: true, force: true });
  const finished = await install(order, runner);
  const layout = layoutFolder(config.folder, order.tag);
  await assemble({ order, finished, layout }, runner);
  await clear(runner);
  return readLayout(layout);
}

interface Runner {
  config: ImagesConfig;
  buildah: Buildah;
  call: Call;
}

/**
 * The storage is this builder's own, so that every container in it is one that was left. Asked twice where the first fails:
 * what ran before may have removed one at the same moment.
 */
async function clear({ buildah, call }: Runner): Promise<void> {
  const remove = () => buildah.run(["rm", "--all"], { ...call, onLog: () => undefined });
  await remove().catch(remove);
}

/** Removes containers after a failure or a cancel, whose signal must not end this too. */
export async function clearAfter(buildah: Buildah): Promise<void> {
  const call = { onLog: () => undefined, signal: AbortSignal.timeout(CLEAR_MS) };
  await buildah.run(["rm", "--all"], call).catch(() => []);
}

const CLEAR_MS = 30_000;

async function from(name: string, base: string, { config, buildah, call }: Runner): Promise<void> {
  const auth = config.authFile === undefined ? [] : ["--authfile", config.authFile];
  const certs = config.caPem === undefined ? [] : ["--cert-dir", await certificates(config)];
  const tls = [`--tls-verify=${config.tlsVerify}`, ...auth, ...certs];
  await buildah.run(["from", "--quiet", "--name", name, ...tls, base], call);
}

async function certificates({ folder, caPem = "" }: ImagesConfig): Promise<string> {
  const dir = join(folder, "certificates");
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "ca.crt"), caPem);
  return dir;
}

async function install(order: ImageOrder, runner: Runner): Promise<Finished> {
  const { config, buildah, call } = runner;
  const { recipe } = config;
  await from(BUILDER, order.base.builder, runner);
  await buildah.run(["copy", "--quiet", BUILDER, order.packs, recipe.staging], call);
  const vars = Object.entries({ ...STEADY, ...recipe.env }).flatMap(([name, value]) => {
    return ["--env", `${name}=${value}`];
  });
  for (const pack of order.order) {
    const words = recipe.install(pack);
    call.onLog(`==> ${words.join(" ")}`);
    const command = ["/bin/sh", "-c", INSTALL, "whale", ...words];
    const run = ["run", "--isolation", config.isolation, ...vars, BUILDER, "--", ...command];
    const input = exportsOf(config.buildEnv);
    await buildah.run(run, { ...call, input }).catch((error: unknown) => rethrow(error, pack));
  }
  return finish(order.order, runner);
}

/** Settings, which are secrets, come by what it reads: neither in the list of processes nor in a file. */
const INSTALL = 'eval "$(cat)" && umask 022 && exec "$@" </dev/null';

function exportsOf(env: Readonly<Record<string, string>>): string {
  const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");
}

function rethrow(error: unknown, pack: string): never {
  if (!(error instanceof ChatOpsError) || error.code !== "images.failed") throw error;
  const message = `安装 ${pack} 失败 (installing ${pack} failed): ${error.message}`;
  throw new ChatOpsError(message, { code: error.code });
}

async function finish(packs: readonly string[], { config, buildah, call }: Runner): Promise<Finished> {
  const args = ["/bin/sh", "-c", FINISH, "whale", ...config.recipe.trees, "--", ...packs];
  const run = ["run", "--isolation", config.isolation, BUILDER, "--", ...args];
  const finished = readFinished(await buildah.run(run, { ...call, onLog: () => undefined }));
  const [missing] = finished.missing;
  if (missing === undefined) return finished;
  const message = `安装没有留下 ${missing}，它的 ref 可能不同 (installing left nothing of ${missing}; its ref may be another)`;
  throw new ChatOpsError(message, { code: "images.failed" });
}

interface Assembly {
  order: ImageOrder;
  finished: Finished;
  layout: string;
}

async function assemble({ order, finished, layout }: Assembly, runner: Runner): Promise<void> {
  const { config, buildah, call } = runner;
  await from(RUNTIME, order.base.runtime, runner);
  for (const folder of finished.folders) {
    const copy = ["copy", "--quiet", "--from", BUILDER, "--chown", "0:0", RUNTIME, folder, folder];
    await buildah.run(copy, call);
  }
  const bill = join(config.folder, "bill.json");
  await writeFile(bill, order.bill(finished.installed));
  await buildah.run(["copy", "--quiet", "--chown", "0:0", "--chmod", "0644", RUNTIME, bill, BILL_PATH], call);
  await buildah.run(["config", ...wordsOf(order), RUNTIME], call);
  await mkdir(join(config.folder, "built"), { recursive: true });
  call.onLog("==> commit");
  const steady = ["--timestamp", String(EPOCH_SECONDS), "--identity-label=false", "--format", "oci"];
  const commit = ["commit", "--quiet", ...steady, "--disable-compression=false", RUNTIME];
  await buildah.run([...commit, `oci:${layout}:${order.tag}`], call);
}

/** Labels in the image, those of the open standard as annotations of its manifest too. */
function wordsOf({ labels }: ImageOrder): string[] {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([name, value]) => {
    const label = ["--label", `${name}=${value}`];
    return name.startsWith("org.opencontainers.") ? [...label, "--annotation", `${name}=${value}`] : label;
  });
}
