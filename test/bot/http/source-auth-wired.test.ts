import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { openWorld, post } from "../../support/world.ts";

const SECRET = "secret-in-a-file-of-the-world-0001";
const PASSWORD = "password-of-the-world-0001";
const BODY = '{"event_type":"vm.disk.usage","detail":{"host":"vm-1","usage":1}}';

test("the process reads secrets from files and environment, and takes what they sign", async (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const file = join(folder.path, "secret");
  writeFileSync(file, `${SECRET}\n`);
  const world = await openWorld(t, {
    files: {
      "sources/signed.yaml": { name: "signed", kind: "generic", auth: { grafana: { secret: { file } } } },
      "sources/basic.yaml": {
        ...{ name: "basic", kind: "generic", auth: { basic: { user: "u", password: `\${WORLD_PASSWORD}` } } },
        ...{ default: "vm.disk.usage", allow: ["10.1.0.0/16"], limits: { perSecond: 1, burst: 1 } },
      },
    },
    env: { WORLD_PASSWORD: PASSWORD, WHALE_TRUST_PROXY: "1" },
  });
  const signature = createHmac("sha256", SECRET).update(BODY).digest("hex");
  const signed = { "x-grafana-alerting-signature": signature };
  const first = await post(world, "signed", BODY, signed);
  await world.stop();
  await world.start();
  const again = await post(world, "signed", BODY, signed);
  assert.deepEqual([first.status, again.status], [202, 202]);
  const [one, two] = [await first.json(), await again.json()] as {
    events: { eventId: string; outcome: string }[];
  }[];
  assert.equal(two?.events[0]?.eventId, one?.events[0]?.eventId);
  assert.equal(two?.events[0]?.outcome, "duplicate");
  assert.equal((await post(world, "signed", BODY)).status, 401);

  const authorization = `Basic ${Buffer.from(`u:${PASSWORD}`).toString("base64")}`;
  const from = (address: string) => post(world, "basic", "{", { authorization, "x-forwarded-for": address });
  assert.equal((await from("10.2.0.1")).status, 403);
  assert.equal((await from("10.1.0.1")).status, 400);
  const limited = await from("10.1.0.1");
  assert.equal(limited.status, 429);
  assert.equal(limited.headers.get("retry-after"), "1");
  assertLeaksNoSecret([SECRET, PASSWORD, authorization], world.lines);
});
