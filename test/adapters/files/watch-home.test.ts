import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { stampOf, watchHome } from "../../../adapters/files/watch-home.ts";
import { aHomeDir, aRule } from "./home-dir.ts";

interface Watched {
  dir: string;
  /** Resolves after the next change that the watch tells of. */
  next(): Promise<void>;
  told(): number;
  stop(): Promise<void>;
}

async function watched(t: TestContext, dir = aHomeDir(t)): Promise<Watched> {
  let told = 0;
  let heard = Promise.withResolvers<void>();
  const onChange = async () => {
    told += 1;
    heard.resolve();
    heard = Promise.withResolvers();
  };
  const loaded = await stampOf(dir);
  const watch = watchHome({ dir, everyMs: 5, loaded: () => loaded, onChange });
  t.after(() => watch.stop());
  return { dir, next: () => heard.promise, told: () => told, stop: () => watch.stop() };
}

type Change = [what: string, change: (dir: string) => void];

const CHANGES: Change[] = [
  ["a file that is edited", (dir) => writeFileSync(join(dir, "rules/r.yaml"), aRule({ title: "改" }))],
  ["a file that comes", (dir) => writeFileSync(join(dir, "rules/new.yaml"), aRule({ id: "new" }))],
  ["a file that goes", (dir) => rmSync(join(dir, "groups.yaml"))],
  ["a file of the same size and name", (dir) => replace(join(dir, "rules/r.yaml"), aRule())],
  ["a folder that goes", (dir) => rmSync(join(dir, "rules"), { recursive: true })],
  ["tokens.yaml that comes", (dir) => writeFileSync(join(dir, "tokens.yaml"), "tokens: []\n")],
];

function replace(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

for (const [what, change] of CHANGES) {
  test(`tells of ${what}, once`, async (t) => {
    const home = await watched(t);
    const next = home.next();
    change(home.dir);
    await next;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(home.told(), 1);
  });
}

test("tells of a folder behind a link that is turned, as a mounted ConfigMap is", async (t) => {
  const [one, two] = [aHomeDir(t), aHomeDir(t, { "rules/r.yaml": aRule({ title: "第二版" }) })];
  const link = join(dirname(one), `link-${process.pid}-${performance.now()}`);
  symlinkSync(one, link);
  t.after(() => rmSync(link));
  const home = await watched(t, link);
  const next = home.next();
  symlinkSync(two, `${link}.new`);
  renameSync(`${link}.new`, link);
  await next;
});

test("tells nothing of files that belong to no home, nor after its end", async (t) => {
  const home = await watched(t);
  mkdirSync(join(home.dir, "data"));
  for (const file of ["data/whale.yaml", "rules/.r.yaml.swp", "rules/notes.md", "other.yaml"]) {
    writeFileSync(join(home.dir, file), "x");
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  await home.stop();
  writeFileSync(join(home.dir, "rules/r.yaml"), aRule({ title: "改" }));
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(home.told(), 0);
});
