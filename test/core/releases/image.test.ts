import assert from "node:assert/strict";
import { test } from "node:test";
import { billOfMaterials, imageLabels, imageTag, lockDigest, packsOf } from "../../../core/releases/index.ts";
import { aPackLock, aPackSet } from "../../support/builds.ts";

const recipe = { version: "1" };
const lock = aPackLock();

test("a tag is another for another lock, base, strategy and recipe, and the same for the same", () => {
  const [first, ...others] = lock.repos;
  assert.ok(first);
  const tags = [
    imageTag(lock, recipe),
    imageTag(lock, { version: "2" }),
    imageTag({ ...lock, strategy: "worker-image" }, recipe),
    imageTag({ ...lock, base: { ...lock.base, runtime: "registry.example/runtime:2" } }, recipe),
    imageTag({ ...lock, repos: [{ ...first, commit: "b".repeat(40) }, ...others] }, recipe),
    imageTag({ ...lock, repos: [...others, first] }, recipe),
  ];
  assert.equal(new Set(tags).size, tags.length);
  assert.equal(imageTag(structuredClone(lock), recipe), tags[0]);
  for (const tag of tags) assert.match(tag, /^[0-9a-f]{32}$/);
});

test("labels say every repository's commit and every pack's version, and no password", () => {
  const repos = lock.repos.map((repo) => ({ ...repo, url: "https://whale:s3cret@git.example/a.git" }));
  const labels = imageLabels({ ...lock, repos }, recipe);
  assert.equal(labels["whale.repo.disk"], "a".repeat(40));
  assert.equal(labels["whale.pack.sysctl"], "1.0.0");
  assert.equal(labels["org.opencontainers.image.revision"], lockDigest({ ...lock, repos }));
  const alone = imageLabels({ ...lock, repos: repos.slice(0, 1) }, recipe);
  assert.equal(alone["org.opencontainers.image.source"], "https://git.example/a.git");
  assert.ok(!JSON.stringify([labels, alone]).includes("s3cret"));
});

test("packs come in the order of the lock's repositories", () => {
  assert.deepEqual(
    packsOf(lock).map(({ ref, repo }) => `${repo.name}/${ref}`),
    ["disk/disk", "kernel/dmesg", "kernel/sysctl"],
  );
});

test("a bill names packs with commits and packages once each, the same whatever the order they were found in", () => {
  const found = [
    { pack: "dmesg", name: "PyYAML", version: "6.0" },
    { pack: "disk", name: "typing_extensions", version: "4.8.0" },
    { pack: "disk", name: "PyYAML", version: "6.0" },
  ];
  const text = billOfMaterials(lock, found);
  assert.equal(billOfMaterials(lock, found.toReversed()), text);
  const bill = JSON.parse(text);
  const names = bill.components.map((one: { "bom-ref": string }) => one["bom-ref"]);
  const packs = ["pack:disk", "pack:dmesg", "pack:sysctl"];
  assert.deepEqual(names, [...packs, "pkg:pypi/pyyaml@6.0", "pkg:pypi/typing-extensions@4.8.0"]);
  assert.deepEqual(bill.dependencies[1], { ref: "pack:disk", dependsOn: names.slice(3) });
  assert.match(
    bill.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.notEqual(
    JSON.parse(billOfMaterials(aPackLock(aPackSet({ id: "b" })), found)).serialNumber,
    bill.serialNumber,
  );
});
