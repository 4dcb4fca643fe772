import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { tempFolder } from "../support/sqlite.ts";
import { openWorld } from "../support/world.ts";
import { imagesMissing, startRegistry } from "./registry.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const run = promisify(execFile);
const missing = imagesMissing() || (!existsSync("/usr/bin/git") && "not installed: git");

/** The sample packs in a repository of their own. */
async function sampleRepository(folder: string): Promise<string> {
  const repo = join(folder, "sample-packs");
  mkdirSync(repo);
  for (const pack of ["disk", "dmesg"])
    cpSync(join(ROOT, "fixtures/packs", pack), join(repo, pack), { recursive: true });
  const who = ["-c", "user.name=sre", "-c", "user.email=sre@example.com"];
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "."],
    [...who, "commit", "-q", "-m", "packs"],
  ]) {
    await run("git", ["-C", repo, ...args]);
  }
  return repo;
}

test("the sample packs are locked, built and pushed from the command line, and not built again", {
  skip: missing,
}, async (t) => {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const registry = await startRegistry(t);
  const repo = await sampleRepository(folder.path);
  const set = {
    ...{
      id: "ops",
      title: "运维",
      strategy: "packs-image",
      image: `${registry.host}/ops/packs`,
      base: registry.base,
    },
    repos: [{ name: "sample", url: repo, ref: "main", paths: ["*"] }],
    ...{ folders: [folder.path], clusters: ["hz-core"], approval: { from: { tag: "sre-oncall" } } },
  };
  // JSON is YAML.
  const files = { "packsets/ops.yaml": JSON.stringify(set) };
  const world = await openWorld(t, { files, env: { WHALE_REGISTRY_TLS_VERIFY: "false" } });
  const whale = async (...args: string[]) => {
    const env = { PATH: process.env["PATH"] ?? "", ...world.env };
    return (await run(process.execPath, [join(ROOT, "bot/cli/whale.ts"), ...args], { env, cwd: folder.path }))
      .stdout;
  };
  await whale("packs", "lock", "ops");
  const said = await whale("packs", "build", "ops");
  assert.match(said, /==> pushing[\s\S]*==> done/);
  const [, id = ""] = /^(b_\w+) ops/m.exec(said) ?? [];
  const [, tag, digest] = /pushed \S+ops\/packs:(\w+)@(sha256:\w{64})/.exec(said) ?? [];
  const { components } = JSON.parse(await whale("builds", "sbom", id));
  assert.deepEqual(
    components.map(({ name }: { name: string }) => name),
    ["disk", "dmesg"],
  );
  const accept = "application/vnd.oci.image.manifest.v1+json";
  const answer = await fetch(`${registry.url}/v2/ops/packs/manifests/${tag}`, { headers: { accept } });
  assert.equal(answer.headers.get("docker-content-digest"), digest);
  const again = await whale("packs", "build", "ops");
  assert.match(again, /the same image is there/);
  assert.ok(again.includes(`@${digest}`), again);
});
