import assert from "node:assert/strict";
import { test } from "node:test";
import { lookAtPrograms } from "../../../bot/doctor/index.ts";

const PROGRAMS = { git: "git", buildah: "/opt/buildah" };

test("programs are looked for where there are pack sets, and what is missing is named with what to do", async () => {
  const versionOf = async (program: string) => (program === "git" ? "git version 2" : null);
  assert.deepEqual(await lookAtPrograms(0, PROGRAMS, versionOf), []);
  const [git, buildah] = await lookAtPrograms(1, PROGRAMS, versionOf);
  assert.deepEqual([git?.outcome, git?.message], ["holds", "git version 2"]);
  assert.deepEqual([buildah?.outcome, buildah?.cause], ["reduced", "program_missing"]);
  assert.match(`${buildah?.message} ${buildah?.todo}`, /\/opt\/buildah.*apt-get install buildah/);
});
