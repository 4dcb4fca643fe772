import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFalconText } from "../../../adapters/sources/open-falcon-text.ts";
import { occurrenceOf, refusalOf } from "./deliver.ts";

const QUERY = {
  endpoint: "vm-1",
  metric: "m",
  status: "PROBLEM",
  priority: "0",
  stra_id: "3",
  tags: "b:2,a:1",
  time: "2026-03-02 08:00:00",
};

function called(query: Record<string, string>) {
  return occurrenceOf("open-falcon", "", { query: { ...QUERY, ...query } });
}

function said(content: string) {
  return occurrenceOf("open-falcon", new URLSearchParams({ content, tos: "someone" }).toString());
}

test("joins problem and recovery whatever the order of the tags", () => {
  assert.equal(called({}).incident, called({ status: "OK", tags: "a:1,b:2" }).incident);
});

test("takes the time for the start of a problem and for the end of a recovery", () => {
  assert.deepEqual([called({}).time, called({}).endsAt], ["2026-03-02T00:00:00Z", undefined]);
  assert.deepEqual(
    [called({ status: "OK" }).time, called({ status: "OK" }).endsAt],
    [undefined, "2026-03-02T00:00:00Z"],
  );
});

test("does not keep what else is in the query", () => {
  assert.doesNotMatch(JSON.stringify(called({ token: "s3cret" })), /s3cret/);
});

for (const [priority, severity] of [
  "critical",
  "major",
  "warning",
  "info",
  "info",
  "info",
  "info",
].entries()) {
  test(`takes P${priority} for ${severity}`, () => {
    assert.equal(called({ priority: String(priority) }).severity, severity);
    assert.equal(
      said(`[P${priority}][OK][vm-1][][n all(#1) m  1>0][O1 2026-03-02 08:00:00]`).severity,
      severity,
    );
  });
}

const TEXTS: readonly [content: string, parts: object | null][] = [
  [
    "[P2][OK][h][][网卡 丢包 avg(#3) net.in iface=eth0 128>100][O2 2026-03-02 08:00:00]",
    { note: "网卡 丢包", metric: "net.in", tags: "iface=eth0", condition: "128>100", step: "2" },
  ],
  ["[P2][OK][h][][ all(#3) cpu  5 > 1][O2 t]", { note: "", metric: "cpu", tags: "", condition: "5 > 1" }],
  ["[P2][OK][h][][[a] all(#3) b all(#1) m  0==1][O2 t]", { note: "[a] all(#3) b", metric: "m" }],
  ["[P2][OK][h][][no function here][O2 t]", null],
  ["anything", null],
  [`[P2][OK][h][][${"x ".repeat(3000)}all(#1) m  0==1][O2 t]`, null],
];

for (const [content, parts] of TEXTS) {
  test(`takes ${content.slice(0, 60)} apart`, () => {
    const found = parseFalconText(content);
    assert.deepEqual(found && parts ? { ...found, ...parts } : parts, found);
  });
}

test("keeps a merged message as a point", () => {
  assert.deepEqual(
    [said("[P3] 7 条").status, said("[P3] 7 条").title, said("[P3] 7 条").severity],
    ["point", "[P3] 7 条", "info"],
  );
});

test("does not keep the receivers", () => {
  assert.doesNotMatch(JSON.stringify(said("text")), /someone/);
});

test("refuses a call that says too little", () => {
  assert.match(refusalOf("open-falcon", ""), /^empty /);
  assert.match(refusalOf("open-falcon", "", { query: { metric: "m" } }), /^bad_shape endpoint：/);
  assert.match(refusalOf("open-falcon", "", { query: { ...QUERY, status: "ok" } }), /^bad_shape status：/);
  assert.match(refusalOf("open-falcon", Buffer.from([0x63, 0x3d, 0xff])), /^bad_encoding /);
});
