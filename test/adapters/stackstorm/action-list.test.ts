import assert from "node:assert/strict";
import { test } from "node:test";
import { simulated } from "./simulated.ts";
import { aClient, aCluster, fakeSt2, type Reply, type Seen } from "./support.ts";

test("lists what a cluster has, with its own parameters", async (t) => {
  const { st2, close } = await simulated();
  t.after(close);
  const listing = await st2.listActions("hz");
  assert.ok(listing.outcome === "known");
  const cleanup = listing.actions.find(({ ref }) => ref === "disk.cleanup");
  assert.equal(cleanup?.pack, "disk");
  assert.ok(cleanup.parameters.has("paths"));
  assert.ok(!cleanup.parameters.has("cwd"), "parameters of the runner are not the action's own");
});

function pages({ url }: Seen, rows: (offset: number) => unknown): Reply {
  const offset = Number(url.searchParams.get("offset"));
  return { status: 200, body: url.pathname.endsWith("/packs") ? [] : rows(offset) };
}

test("reads page after page; a row that is seen twice counts once, one that cannot be read not at all", async (t) => {
  const row = (n: number) => ({ ref: `p.a${n}`, pack: "p", runner_type: "noop", description: null });
  const first = Array.from({ length: 100 }, (_, n) => (n === 5 ? { ref: 5 } : row(n)));
  const fake = await fakeSt2(t, (seen) =>
    pages(seen, (offset) => (offset === 0 ? first : [row(99), row(100)])),
  );
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const listing = await st2.listActions("hz");
  assert.ok(listing.outcome === "known");
  assert.equal(listing.actions.length, 100);
  assert.deepEqual([...listing.versions], []);
});

test("versions of packs come along where the cluster tells them, and are unknown where it refuses", async (t) => {
  const answers: Reply[] = [
    { status: 200, body: [{ ref: "p", version: "1.2.3" }, { ref: "q" }] },
    { status: 403, body: { faultstring: "no" } },
  ];
  for (const [index, answer] of answers.entries()) {
    const fake = await fakeSt2(t, ({ url }) =>
      url.pathname.endsWith("/packs") ? answer : { status: 200, body: [{ ref: "p.a", pack: "p" }] },
    );
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    const listing = await st2.listActions("hz");
    assert.ok(listing.outcome === "known");
    assert.deepEqual([...listing.versions], index === 0 ? [["p", "1.2.3"]] : []);
  }
});

test("what is no list is no answer, nor is a cluster that is unknown", async (t) => {
  for (const answer of [
    { status: 200, body: { faultstring: "lies" } },
    { status: 502, body: "<html>" },
  ]) {
    const fake = await fakeSt2(t, () => answer);
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.equal((await st2.listActions("hz")).outcome, "unreachable");
    assert.equal((await st2.listActions("nope")).outcome, "unreachable");
  }
});

test("of some packs no more is read than their actions", async (t) => {
  const fake = await fakeSt2(t, ({ url }) => {
    const pack = url.searchParams.get("pack");
    return { status: 200, body: [{ ref: `${pack}.a`, pack }] };
  });
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const listing = await st2.listActions("hz", ["p", "q"]);
  assert.ok(listing.outcome === "known");
  assert.deepEqual(
    listing.actions.map(({ ref }) => ref),
    ["p.a", "q.a"],
  );
  assert.deepEqual(
    fake.seen.map(({ url }) => `${url.pathname} ${url.searchParams.get("pack")}`),
    ["/api/v1/actions p", "/api/v1/actions q"],
  );
});
