import assert from "node:assert/strict";
import { test } from "node:test";
import { simulated } from "./simulated.ts";
import { aClient, aCluster, fakeSt2 } from "./support.ts";

test("reads an action with the parameters of its runner", async (t) => {
  const { st2, close } = await simulated();
  t.after(close);
  const reading = await st2.readAction("hz", "disk.cleanup");
  assert.ok(reading.outcome === "known");
  const { schema } = reading;
  assert.deepEqual([schema.action, schema.enabled], ["disk.cleanup", true]);
  assert.deepEqual(schema.parameters.get("paths")?.types, ["array"]);
  assert.equal(schema.parameters.get("host")?.required ?? schema.parameters.get("hosts")?.required, true);
  assert.ok(schema.parameters.has("timeout"));
});

test("says that an action is absent, and that a cluster is unknown or down", async (t) => {
  const { st2, simulator, close } = await simulated();
  t.after(close);
  assert.deepEqual(await st2.readAction("hz", "no.such"), { outcome: "absent" });
  assert.deepEqual(await st2.readAction("hz", "../../x"), { outcome: "absent" });
  assert.equal((await st2.readAction("nope", "core.noop")).outcome, "unreachable");
  await simulator.faults.set({ down: "refuse" });
  assert.equal((await st2.readAction("hz", "core.noop")).outcome, "unreachable");
});

test("takes a proxy's 404 and an answer about something else for no answer", async (t) => {
  const answers = [
    { status: 404, body: "<html>not here</html>" },
    { status: 200, body: { ref: "core.other", parameters: {} } },
    { status: 200, body: { ref: "core.noop", parameters: [] } },
    { status: 200, body: [] },
    { status: 500, body: { faultstring: "boom" } },
  ];
  for (const answer of answers) {
    const fake = await fakeSt2(t, () => answer);
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.equal((await st2.readAction("hz", "core.noop")).outcome, "unreachable", JSON.stringify(answer));
  }
});
