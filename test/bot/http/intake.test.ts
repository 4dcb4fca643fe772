import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  cardsOf,
  FIXTURES,
  HOOK_TOKEN,
  logged,
  metric,
  openWorld,
  post,
  type World,
} from "../../support/world.ts";

const MIB = 1_048_576;
const HOME = {
  "event-types/strict.yaml": {
    type: "strict",
    title: "严格",
    owner: "tests",
    strict: true,
    schema: { type: "object", required: ["host"], properties: { host: { type: "string" } } },
  },
  "event-types/loose.yaml": {
    type: "loose",
    title: "宽松",
    owner: "tests",
    schema: { type: "object", properties: { usage: { type: "number" } } },
  },
  "rules/loose.yaml": {
    ...{ id: "loose", title: "宽松", on: ["loose"], business: "shop", action: "core.wait" },
    ...{ params: { seconds: "{{ detail.usage }}" }, approval: { from: { tag: "sre-oncall" } } },
  },
};
const JSON_TYPE = { "content-type": "application/json" };
const BEARER = { ...JSON_TYPE, authorization: `Bearer ${HOOK_TOKEN}` };

type Answer = { error?: { code: string; message: string }; events?: unknown[]; refused?: unknown[] };

interface BadBody {
  name: string;
  source?: string;
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  status: number;
  code: string;
  /** What the message must name. */
  says?: RegExp;
}

function sample(...path: string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(FIXTURES, "events", ...path)));
}

/** Bodies that are kept with their reason. */
const KEPT: readonly BadBody[] = [
  { name: "broken JSON", body: '{"event_type": "drill",', status: 400, code: "bad_json", says: /1/ },
  { name: "an empty body", body: "", status: 400, code: "empty" },
  { name: "an empty list", body: "[]", status: 400, code: "empty" },
  { name: "JSON that is no event", body: '"hello"', status: 400, code: "bad_shape" },
  {
    name: "an alert body whose labels are a list",
    source: "alertmanager",
    body: sample("alertmanager", "bad-labels-list.json"),
    status: 400,
    code: "bad_shape",
    says: /labels/,
  },
  { name: "GBK bytes", body: sample("generic", "bad-gbk.body"), status: 400, code: "bad_encoding" },
  {
    name: "UTF-16",
    source: "alertmanager",
    body: sample("alertmanager", "bad-utf16.body"),
    status: 400,
    code: "bad_encoding",
  },
  {
    name: "an event type that nobody declared",
    body: '{"event_type":"no.such.type"}',
    status: 422,
    code: "unknown_event_type",
    says: /no\.such\.type/,
  },
  {
    name: "a detail against a strict schema",
    body: '{"event_type":"strict","detail":{"host":7}}',
    status: 422,
    code: "strict_schema",
    says: /host/,
  },
  {
    name: "a body that is 1 MiB and one byte long",
    body: `{"event_type":"loose","pad":"${"x".repeat(MIB)}"}`.slice(0, MIB + 1),
    status: 413,
    code: "too_large",
    says: /1048576/,
  },
];

/** Requests of which nothing is kept: nobody knows who sent them. */
const TURNED_AWAY: readonly BadBody[] = [
  { name: "a source that is not there", source: "nobody", body: "{}", status: 404, code: "unknown_source" },
  { name: "no credentials", source: "prometheus", body: "{}", status: 401, code: "no_credentials" },
  {
    name: "wrong credentials",
    ...{ source: "prometheus", body: "{}", headers: { authorization: "Bearer wrong" } },
    ...{ status: 401, code: "bad_credentials" },
  },
  {
    name: "credentials of another scheme",
    ...{ source: "prometheus", body: "{}", headers: { authorization: `Basic ${HOOK_TOKEN}` } },
    ...{ status: 401, code: "no_credentials" },
  },
];

async function send(world: World, bad: BadBody): Promise<Answer> {
  const { source = "generic", body, headers = JSON_TYPE } = bad;
  const answer = await post(world, source, body, headers);
  assert.equal(answer.status, bad.status, bad.name);
  const read = (await answer.json()) as Answer;
  assert.equal(read.error?.code, bad.code, bad.name);
  if (bad.says) assert.match(read.error?.message ?? "", bad.says);
  return read;
}

/** How often a refusal is counted, whatever its source. */
async function counted(world: World, code: string): Promise<number> {
  const sources = ["generic", "alertmanager", "-"];
  const counts = sources.map((source) => metric(world, "whale_events_total", { source, outcome: code }));
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}

test("each bad body is answered with its reason, counted, logged and kept, and changes nothing else", async (t) => {
  const world = await openWorld(t, { files: HOME });
  for (const bad of KEPT) {
    await t.test(bad.name, async () => {
      const before = await counted(world, bad.code);
      await send(world, bad);
      assert.equal(await counted(world, bad.code), before + 1);
      const told = world.lines.filter((line) => line["reason"] === bad.code || line["code"] === bad.code);
      assert.ok(told.length > 0, `${bad.code} is not logged`);
    });
  }
  assert.equal(cardsOf(world, "zhangsan", "").length, 0);
  await world.stored(async (store) => {
    const kept = await store.journal.refusals(100);
    const reasons = new Set(kept.map((refusal) => refusal.reason));
    assert.deepEqual([...reasons].sort(), [...new Set(KEPT.map(({ code }) => code))].sort());
    assert.equal(kept.length, KEPT.length);
    const broken = kept.find((refusal) => refusal.reason === "bad_json");
    const raw = await store.journal.raw(broken?.rawRef ?? "");
    assert.equal(Buffer.from(raw?.bytes ?? []).toString(), KEPT[0]?.body);
    assert.deepEqual(await store.tasks.countByState(), {});
    assert.equal(await store.journal.lag("rules"), 0);
  });
});

test("requests of callers who may not post are turned away, counted, and nothing of them is kept", async (t) => {
  const world = await openWorld(t, { files: HOME });
  for (const bad of TURNED_AWAY) {
    await t.test(bad.name, async () => {
      const before = await counted(world, bad.code);
      await send(world, bad);
      assert.equal(await counted(world, bad.code), before + 1);
      await logged(world, { msg: "hook refused", code: bad.code });
    });
  }
  const told = JSON.stringify(world.lines);
  assert.ok(!told.includes(HOOK_TOKEN) && !told.includes("wrong"));
  assert.deepEqual(await world.stored((store) => store.journal.refusals(10)), []);
});

test("good bodies go on being taken beside bad ones", async (t) => {
  const world = await openWorld(t, { files: HOME });
  const whole = `{"event_type":"loose","detail":{"usage":1},"pad":"`;
  const exact = `${whole}${"x".repeat(MIB - whole.length - 2)}"}`;
  assert.equal(exact.length, MIB);

  await t.test("exactly 1 MiB is taken", async () => {
    assert.equal((await post(world, "generic", exact)).status, 202);
  });

  await t.test("the good ones of a batch are stored, the bad ones told by their index", async () => {
    const batch = [
      { event_type: "loose", id: "a" },
      { event_type: "no.such" },
      { event_type: "loose", id: "b" },
    ];
    const answer = await post(world, "generic", JSON.stringify(batch));
    assert.equal(answer.status, 202);
    const { events, refused } = (await answer.json()) as Answer;
    assert.equal(events?.length, 2);
    assert.deepEqual(
      refused?.map((one) => (one as { index: number; reason: string }).index),
      [1],
    );
  });

  await t.test(
    "a detail against a schema that is not strict is stored, and its rules say why they hold",
    async () => {
      const body = '{"event_type":"loose","id":"bad","detail":{"usage":"much"}}';
      const answer = await post(world, "generic", body);
      assert.equal(answer.status, 202);
      const { invalid } = (await answer.json()) as { invalid: { violations: { path: string }[] }[] };
      assert.deepEqual(
        invalid[0]?.violations.map(({ path }) => path),
        ["detail.usage"],
      );
      assert.equal(await metric(world, "whale_invalid_events_total", { source: "generic" }), 1);
      const line = await logged(world, { msg: "rule judged", reason: "event_invalid" });
      assert.match(String(line["message"]), /usage/);
    },
  );

  await t.test("a template that names a missing field gives the verdict params_failed", async () => {
    const body = '{"event_type":"loose","id":"none","detail":{}}';
    assert.equal((await post(world, "generic", body)).status, 202);
    const line = await logged(world, { msg: "rule judged", reason: "params_failed" });
    assert.match(String(line["message"]), /params\.seconds/);
    const labels = { rule: "loose", reason: "params_failed" };
    assert.ok((await metric(world, "whale_verdicts_total", labels)) >= 1);
  });

  await t.test("the right token opens its source", async () => {
    const body = sample("alertmanager", "firing-dmesg-oom.json");
    assert.equal((await post(world, "prometheus", body, BEARER)).status, 202);
  });
});
