import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createImages, type ImagesOptions } from "../../adapters/images/index.ts";
import { packRecipe } from "../../adapters/stackstorm/index.ts";
import type { ImageBuilder, ImageOrder } from "../../core/ports/index.ts";
import { BILL_PATH } from "../../core/releases/index.ts";
import { aPack, imageBuilderContract, type PackFiles } from "../contract/image-builder.ts";
import { anImageOrder, writePacks } from "../support/images.ts";
import { tempFolder } from "../support/sqlite.ts";
import { pulled, treeOf } from "./pulled.ts";
import { buildah, imagesMissing, startCutter, startRegistry, type TestRegistry } from "./registry.ts";

const quiet = (): void => undefined;
const never = () => new AbortController().signal;

describe("images by buildah and a registry", { skip: imagesMissing() }, () => {
  const folder = tempFolder();
  const ends: (() => unknown)[] = [];
  const ending = { after: (end: () => unknown) => void ends.push(end) };
  let registry: TestRegistry;
  let here: ImageBuilder;
  let repositories = 0;

  before(async () => {
    registry = await startRegistry(ending as Parameters<typeof startRegistry>[0]);
    here = images("here");
  });
  after(async () => {
    for (const end of ends) await end();
    folder.remove();
  });

  /** A builder on a storage of this name. */
  function images(name: string, more: Partial<ImagesOptions> = {}): ImageBuilder {
    return createImages({ folder: join(folder.path, name), recipe: packRecipe, tlsVerify: false, ...more });
  }

  /** An order for a repository of its own. */
  function order(packs: PackFiles, more: Partial<ImageOrder> = {}): ImageOrder {
    repositories += 1;
    const { host, base } = registry;
    const image = `${host}/ops/packs${repositories}`;
    return anImageOrder(writePacks(folder.path, packs), { image, base, ...more });
  }

  imageBuilderContract("buildah", async () => {
    repositories += 1;
    const own = { image: `${registry.host}/ops/contract${repositories}`, tag: `tag${repositories}` };
    return {
      ...{ builder: here, elsewhere: images("elsewhere") },
      order: async (packs, more) => order(packs, { ...own, ...more }),
      close: async () => undefined,
    };
  });

  test("what is pulled back is what was built, file by file", async () => {
    const text = "echo '好'\n";
    const asked = order({ disk: aPack("disk", { "actions/lib/a b.sh": text }), dmesg: aPack("dmesg") });
    const built = await here.build(asked, quiet, never());
    assert.ok(built.outcome === "built", JSON.stringify(built));
    assert.equal((await here.push(asked, quiet, never())).outcome, "pushed");
    const root = await pulled(`${asked.image}@${built.digest}`, folder.path);
    const { packs } = asked;
    const found = treeOf(join(root, "opt/stackstorm/packs"));
    assert.deepEqual(found, treeOf(packs));
    const site = "opt/stackstorm/virtualenvs/disk/lib/python3.8/site-packages";
    assert.deepEqual(readdirSync(join(root, site)).sort(), ["requests", "requests-2.31.0.dist-info"]);
    assert.deepEqual(readdirSync(join(root, site, "requests")), ["__init__.py"]);
    assert.equal(
      readlinkSync(join(root, "opt/stackstorm/virtualenvs/disk/bin/python3")),
      "/usr/bin/python3.8",
    );
    assert.match(readFileSync(join(root, BILL_PATH), "utf8"), /requests/);
    assert.ok(!existsSync(join(root, packRecipe.staging)));
    const config = JSON.parse(await inspect(registry, asked, built.digest));
    assert.deepEqual(config.Labels["whale.pack.disk"], "1.0.0");
  });

  test("packs reach a worker's image whose trees are volumes, beside those that it has", async () => {
    const { worker: runtime } = registry;
    const base = { ...registry.base, runtime };
    const asked = order({ disk: aPack("disk") }, { strategy: "worker-image", base });
    const built = await here.build(asked, quiet, never());
    assert.ok(built.outcome === "built", JSON.stringify(built));
    await here.push(asked, quiet, never());
    const root = await pulled(`${asked.image}@${built.digest}`, folder.path);
    assert.deepEqual(readdirSync(join(root, "opt/stackstorm/packs")).sort(), ["core", "disk"]);
    assert.ok(existsSync(join(root, "opt/stackstorm/virtualenvs/disk/bin")));
  });

  test("a push that is cut half-way leaves no tag, and goes through when repeated", async (t) => {
    const cutter = await startCutter(t, Number(new URL(registry.url).port));
    const image = `127.0.0.1:${cutter.port}/ops/cut`;
    const asked = order({ disk: aPack("disk", { noise: randomBytes(3e6).toString("base64") }) }, { image });
    await here.build(asked, quiet, never());
    cutter.cutAfter(2_000_000);
    const cut = await here.push(asked, quiet, never());
    assert.equal(cut.outcome, "failed", JSON.stringify(cut));
    cutter.cutAfter(null);
    assert.equal(await here.digestOf(asked), null);
    assert.equal((await here.push(asked, quiet, never())).outcome, "pushed");
  });

  test("a canceled build leaves nothing running and nothing in its storage", async () => {
    const cancel = new AbortController();
    const asked = order({ slow: aPack("slow", { "install-hangs": "" }) });
    const onLog = (line: string) => line.startsWith("installing") && setTimeout(() => cancel.abort(), 100);
    assert.equal((await here.build(asked, onLog, cancel.signal)).outcome, "canceled");
    assert.deepEqual(processesOf(join(folder.path, "here")), []);
    assert.equal(await containersOf(join(folder.path, "here")), "");
  });

  test("what a process that died left running is ended by the next build", async () => {
    const asked = order({ slow: aPack("slow", { "install-hangs": "" }) });
    const died = images("here");
    await new Promise<void>((resolve) => {
      const onLog = (line: string) => line.startsWith("installing") && resolve();
      // Nobody waits for it any more.
      void died.build(asked, onLog, never());
    });
    const built = await here.build(order({ disk: aPack("disk") }), quiet, never());
    assert.equal(built.outcome, "built", JSON.stringify(built));
    assert.deepEqual(processesOf(join(folder.path, "here")), []);
  });

  test("settings reach the install and no line of the log", async () => {
    const lines: string[] = [];
    const url = "https://user:s3cret'-index@pypi.example/simple";
    const builder = images("here", { buildEnv: { PIP_INDEX_URL: url } });
    const built = await builder.build(order({ disk: aPack("disk") }), (line) => lines.push(line), never());
    assert.equal(built.outcome, "built", JSON.stringify(built));
    assert.ok(lines.some((line) => line === "installing disk, index ***"));
    assert.ok(!lines.some((line) => line.includes("s3cret")));
  });

  test("a full disk is named for what it is", async () => {
    const asked = order({ disk: aPack("disk", { "install-fills-disk": "" }) });
    const built = await here.build(asked, quiet, never());
    assert.match(built.outcome === "failed" ? built.message : "", /磁盘满了.*the disk is full/);
  });
});

/** Commands of processes that name a folder. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
    .map((name) => commandOf(name))
    .filter((command) => command.includes(folder));
}

function commandOf(pid: string): string {
  return existsSync(`/proc/${pid}/cmdline`)
    ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
    : "";
}

async function containersOf(folder: string): Promise<string> {
  writeFileSync(join(folder, "looked"), "");
  const globals = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
  return buildah(folder, ...globals, "containers", "--noheading");
}

async function inspect({ url }: TestRegistry, { image }: ImageOrder, digest: string): Promise<string> {
  const repository = image.slice(image.indexOf("/") + 1);
  const manifest = await fetch(`${url}/v2/${repository}/manifests/${digest}`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  const { config } = (await manifest.json()) as { config: { digest: string } };
  const blob = await fetch(`${url}/v2/${repository}/blobs/${config.digest}`);
  return JSON.stringify(((await blob.json()) as { config: object }).config);
}
