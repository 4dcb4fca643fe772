import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { listening } from "../support/http-server.ts";
import { type Program, startProgram } from "./program.ts";

export const REGISTRY = "/usr/bin/docker-registry";
export const BUILDAH = "/usr/bin/buildah";
const BUSYBOX = "/bin/busybox";

/** Why tests of images cannot run here; false when they can. */
export function imagesMissing(): string | false {
  const missing = [REGISTRY, BUILDAH, BUSYBOX].filter((path) => !existsSync(path));
  return missing.length > 0 && `not installed: ${missing.join(", ")}`;
}

const run = promisify(execFile);

/** buildah on a storage in this folder. */
export async function buildah(folder: string, ...args: string[]): Promise<string> {
  const globals = [
    "--root",
    join(folder, "root"),
    "--runroot",
    join(folder, "runroot"),
    "--storage-driver",
    "vfs",
  ];
  return (await run(BUILDAH, [...globals, ...args])).stdout.trim();
}

/** A real registry, with base images in it. */
export interface TestRegistry extends Program {
  /** `127.0.0.1:PORT` */
  host: string;
  base: { builder: string; runtime: string };
  /** A worker's image: its trees are volumes, and the builder's program is in none of them. */
  worker: string;
}

/** Starts a registry whose base images are made of this machine's busybox. */
export async function startRegistry(t: Pick<TestContext, "after">): Promise<TestRegistry> {
  const program = await startProgram(t, { path: REGISTRY, argsFor: registryArgs, ready: "/v2/" });
  const host = new URL(program.url).host;
  const base = { builder: `${host}/base/builder:1`, runtime: `${host}/base/runtime:1` };
  const worker = `${host}/base/worker:1`;
  await makeBases(program.folder, { ...base, worker });
  return { ...program, host, base, worker };
}

function registryArgs({ folder, port }: { folder: string; port: number }): string[] {
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: `127.0.0.1:${port}` },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  return ["serve", join(folder, "config.yml")];
}

const STAND_IN = join(dirname(dirname(import.meta.dirname)), "fixtures", "builders", "st2-pack-install");

async function makeBases(
  folder: string,
  names: Record<"builder" | "runtime" | "worker", string>,
): Promise<void> {
  const tree = join(folder, "tree");
  await makeTree(tree);
  const made = await buildah(folder, "from", "scratch");
  await buildah(folder, "copy", "--quiet", made, tree, "/");
  const push = async (name: string) => {
    const steady = ["--quiet", "--timestamp", "0"];
    await buildah(folder, "commit", ...steady, "--tls-verify=false", made, `docker://${name}`);
  };
  await push(names.runtime);
  await buildah(folder, "copy", "--quiet", made, STAND_IN, "/usr/bin/st2-pack-install");
  await push(names.builder);
  const trees = ["packs", "virtualenvs"].flatMap((name) => ["--volume", `/opt/stackstorm/${name}`]);
  writeFileSync(join(folder, "pack.yaml"), "ref: core\n");
  await buildah(
    folder,
    "copy",
    "--quiet",
    made,
    join(folder, "pack.yaml"),
    "/opt/stackstorm/packs/core/pack.yaml",
  );
  await buildah(folder, "config", ...trees, made);
  await push(names.worker);
  await buildah(folder, "rm", "--all");
}

/** busybox under all its names, with the libraries that it needs where it is not static. */
async function makeTree(tree: string): Promise<void> {
  for (const dir of ["bin", "usr/bin", "tmp", "etc", "dev", "proc"])
    mkdirSync(join(tree, dir), { recursive: true });
  copyFileSync(BUSYBOX, join(tree, "bin/busybox"));
  chmodSync(join(tree, "bin/busybox"), 0o755);
  const { stdout: names } = await run(BUSYBOX, ["--list"]);
  for (const name of names.trim().split("\n"))
    if (name !== "busybox") symlinkSync("busybox", join(tree, "bin", name));
  // It fails, and says nothing of use, for a static program.
  const { stdout: libraries } = await run("/usr/bin/ldd", [BUSYBOX]).catch(() => ({ stdout: "" }));
  for (const [, path = ""] of libraries.matchAll(/(\/\S+\.so\S*) \(/g)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    copyFileSync(path, join(tree, path));
  }
}

/** A way to a server that breaks off once so many bytes went to it. */
export interface Cutter {
  port: number;
  /** Breaks off after so many bytes more; null lets everything pass. */
  cutAfter(bytes: number | null): void;
}

/** Starts one in front of a port of this machine. */
export async function startCutter(t: Pick<TestContext, "after">, target: number): Promise<Cutter> {
  let left = Number.POSITIVE_INFINITY;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const out = connect(target, "127.0.0.1");
    for (const end of [client, out]) open.add(end.on("error", () => end.destroy()));
    out.pipe(client);
    client.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left > 0) return void out.write(chunk);
      for (const end of open) end.destroy();
    });
    client.on("close", () => out.destroy());
    out.on("close", () => client.destroy());
  });
  t.after(() => {
    for (const end of open) end.destroy();
    server.close();
  });
  const { port } = await listening(server);
  return {
    port,
    cutAfter: (bytes) => {
      left = bytes ?? Number.POSITIVE_INFINITY;
    },
  };
}
