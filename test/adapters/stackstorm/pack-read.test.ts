import assert from "node:assert/strict";
import { test } from "node:test";
import { simulated } from "./simulated.ts";
import { aClient, aCluster, fakeSt2 } from "./support.ts";

test("says which version of a pack is there, that it is absent, and that a cluster is unknown or down", async (t) => {
  const { st2, simulator, close } = await simulated();
  t.after(close);
  assert.deepEqual(await st2.readPack("hz", "disk"), { outcome: "known", version: "1.0.0" });
  assert.deepEqual(await st2.readPack("hz", "nope"), { outcome: "absent" });
  assert.equal((await st2.readPack("nope", "disk")).outcome, "unreachable");
  await simulator.faults.set({ down: "refuse" });
  assert.equal((await st2.readPack("hz", "disk")).outcome, "unreachable");
});

test("a pack without a version has none, and what is no such pack is no answer", async (t) => {
  const answers: [body: unknown, outcome: string][] = [
    [{ ref: "disk" }, "known"],
    [{ ref: "other", version: "1.0.0" }, "unreachable"],
    [{ faultstring: "lies" }, "unreachable"],
    ["<html>", "unreachable"],
  ];
  for (const [body, outcome] of answers) {
    const fake = await fakeSt2(t, () => ({ status: 200, body }));
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.equal((await st2.readPack("hz", "disk")).outcome, outcome, JSON.stringify(body));
  }
});
