import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Occurrence } from "../../../core/events/index.ts";
import { type Around, deliver, occurrencesOf } from "./deliver.ts";
import type { Expected, SharedBody } from "./shared-body.ts";
import { SHARED_BODIES } from "./shared-expected.ts";

// Bodies that belong to other people and are not in this tree: read where they are, skipped with a word where not.
const FOLDER = new URL("../../../../shared/alerts/", import.meta.url);
const MISSING = existsSync(FOLDER) ? false : `${FOLDER.pathname} is not there`;

interface Sidecar {
  method?: string;
  headers?: Record<string, string>;
  query_string_is_in_file?: boolean;
}

function sidecarOf(file: string): Sidecar {
  const beside = new URL(file.replace(/\.(json|txt)$/, ".headers.json"), FOLDER);
  return existsSync(beside) ? (JSON.parse(readFileSync(beside, "utf8")) as Sidecar) : {};
}

/** The body and what came with it, as the server would hand it over. */
function delivered({ file }: SharedBody): [body: Buffer, around: Around] {
  const bytes = readFileSync(new URL(file, FOLDER));
  const sidecar = sidecarOf(file);
  const headers = Object.fromEntries(
    Object.entries(sidecar.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const contentType = headers["content-type"] ?? "application/json";
  if (!sidecar.query_string_is_in_file) return [bytes, { contentType, headers }];
  const query = Object.fromEntries(new URLSearchParams(bytes.toString()));
  return [Buffer.alloc(0), { contentType: "", headers, query }];
}

function seen(occurrence: Occurrence): Expected {
  const { name, severity, subject, title, incident, time, endsAt, status } = occurrence;
  const isHash = /^[0-9a-f]{64}$/.test(incident);
  return {
    name,
    severity,
    subject,
    title,
    incident: isHash ? "a hash" : incident,
    ...(time === undefined ? {} : { time: time.replace(".000Z", "Z") }),
    ...(endsAt === undefined ? {} : { endsAt: endsAt.replace(".000Z", "Z") }),
    status,
  };
}

describe("reads every shared body as its index says", { skip: MISSING }, () => {
  let good = 0;
  for (const shared of SHARED_BODIES) {
    test(shared.file, () => {
      const [body, around] = delivered(shared);
      if (shared.events.length === 0) assert.equal(deliver(shared.kind, body, around).outcome, "handshake");
      else assert.deepEqual(occurrencesOf(shared.kind, body, around).map(seen), shared.events);
      good += 1;
    });
  }

  test("all of them, and none that is not in the table", (t) => {
    const bodies = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
      (path) => /\.(json|txt)$/.test(path) && !path.endsWith(".headers.json"),
    );
    assert.deepEqual(bodies.sort(), SHARED_BODIES.map(({ file }) => file).sort());
    const percent = (100 * good) / bodies.length;
    t.diagnostic(
      `shared bodies read as their index says: ${good} of ${bodies.length} (${percent.toFixed(1)} %)`,
    );
    assert.equal(good, bodies.length);
  });
});

describe("of the shared bodies", { skip: MISSING }, () => {
  function only(file: string): Occurrence {
    const shared = SHARED_BODIES.find((body) => body.file === file);
    assert.ok(shared);
    const [first] = occurrencesOf(shared.kind, ...delivered(shared));
    assert.ok(first);
    return first;
  }

  const PAIRS = [
    ["alertmanager/firing-vm-disk-full.json", "alertmanager/resolved-vm-disk-full.json"],
    ["zabbix/flat-macros-problem.json", "zabbix/flat-macros-recovery.json"],
    ["nightingale/v8-callback-firing.json", "nightingale/v8-callback-recovered.json"],
    ["open-falcon/callback-problem.txt", "open-falcon/callback-ok.txt"],
    ["tencent-cloud/metric-firing.json", "tencent-cloud/metric-recovered.json"],
    ["blueking/monitor-callback-anomaly.json", "blueking/monitor-callback-recovery.json"],
  ] as const;

  for (const [firing, resolved] of PAIRS) {
    test(`${resolved} closes what ${firing} opened`, () => {
      const [before, after] = [only(firing), only(resolved)];
      assert.deepEqual(
        [after.incident, after.fingerprint, after.name],
        [before.incident, before.fingerprint, before.name],
      );
      assert.notEqual(after.dedupeKey, before.dedupeKey);
    });
  }

  const ADDRESSES = [
    ["zabbix/eda-problem.json", "10.20.3.17"],
    ["zabbix/flat-macros-problem.json", "10.20.5.42"],
    ["nightingale/firing-vm-disk-full.json", "10.20.3.17"],
    ["tencent-cloud/metric-firing.json", "10.20.3.17"],
    ["tencent-cloud/event-ping-unreachable.json", "10.20.5.42"],
    ["tencent-cloud/eventbridge-cvm.json", "10.20.5.42"],
    ["alibaba-cloud/cms2-webhook-occurred.json", "10.0.0.1"],
    ["blueking/fta-zabbix-push.json", "10.20.5.42"],
    ["huawei-cloud/smn-ces-alarm.json", "192.168.0.54"],
  ] as const;

  for (const [file, address] of ADDRESSES) {
    test(`${file} keeps the host's address in a label`, () => {
      assert.equal(only(file).labels["host_ip"], address);
    });
  }

  test("Grafana's values are kept as numbers, also those that are only in valueString", () => {
    assert.deepEqual(
      (only("grafana/unified-firing-single.json").detail as Record<string, unknown>)["values"],
      { C: 12, D: 1 },
    );
    assert.deepEqual((only("grafana/unified-mixed.json").detail as Record<string, unknown>)["values"], {
      B: 17,
      C: 1,
    });
  });

  test("a CloudEvent is recognised by source and id", () => {
    assert.equal(
      only("cloudevents/binary-alert.json").dedupeKey,
      "/monitor/hz/agent|b7c2f1e0-0000-4000-8000-000000000002",
    );
    assert.equal(only("cloudevents/binary-alert.json").labels["subject"], "主机/vm-shop-db-03");
  });

  test("receivers, accounts and signatures are not kept", () => {
    const kept = SHARED_BODIES.filter((body) => body.events.length > 0).map((body) =>
      JSON.stringify(only(body.file)),
    );
    for (const text of kept)
      assert.doesNotMatch(text, /EXAMPLE(?:signature|TOKEN)|user01|hid_exampleaccount/);
  });
});
