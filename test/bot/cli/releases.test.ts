import assert from "node:assert/strict";
import { test } from "node:test";
import { localTime } from "../../../bot/cli/local-time.ts";
import { listedLine, releaseText } from "../../../bot/cli/releases.ts";
import { aRelease, OLD_IMAGE, RELEASE_AT } from "../../support/releases.ts";

test("history tells each release on one line: where it stands, who asked and approved, which image", () => {
  const { id, set, title, by, clusters, image } = aRelease();
  const listed = { id, set, title, by, clusters, at: RELEASE_AT, digest: image.digest };
  const line = listedLine(
    { ...listed, title: "共\u001b[31m享", stage: "rolled_back", approvedBy: ["lisi"] },
    "Asia/Shanghai",
  );
  assert.equal(
    line,
    `${id} · 已回滚 rolled back · shared 共 [31m享 · hz bj · sha256:222222222222 · user:wangwu → lisi · ${localTime(RELEASE_AT, "Asia/Shanghai")}`,
  );
});

test("one release is told with why, its image, how each cluster stands, the rules it touches and its plan", () => {
  const place = { parts: [], packs: [], vanished: [], stands: "new" as const, at: RELEASE_AT };
  const release = aRelease({ stage: "back", why: "slow", places: { hz: place } });
  const text = releaseText({ ...release, approvedBy: ["lisi"] });
  for (const said of ["user:wangwu → lisi", "slow", release.image.reference, "hz", "vm-disk-cleanup"])
    assert.ok(text.includes(said), `${said}: ${text}`);
  assert.match(text, /disk 1\.0\.0 → 2\.0\.0$/);
  assert.ok(!text.includes(OLD_IMAGE));
});
