import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createWecom } from "../../../adapters/wecom/index.ts";
import { startWecomSimulator } from "../../../fixtures/simulators/wecom/index.ts";
import { openUserIdOf } from "../../../fixtures/simulators/wecom/open-ids.ts";
import { countedMetrics } from "../../bot/workers/parts.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

async function bench(t: TestContext) {
  const clock = movableClock();
  const simulator = await startWecomSimulator({ clock });
  const { corpId, corpSecret, agentId, token, encodingAesKey } = simulator.company;
  const config = { apiBase: simulator.url, corpId, corpSecret, agentId, token, encodingAesKey };
  const wecom = createWecom(config, { clock, log: silentLog, metrics: countedMetrics() });
  t.after(async () => {
    wecom.close();
    await simulator.close();
  });
  simulator.groups.addOwn("opsGroup", "运维", ["zhangsan", "lisi"]);
  const texts = () =>
    (simulator.groups.list()[0]?.entries ?? []).map(
      (entry) => (entry as { body: { text?: string } }).body.text,
    );
  return { wecom, simulator, texts };
}

describe("a group that the app made", () => {
  test("gets markdown, a long one in numbered parts and in order", async (t) => {
    const { wecom, texts } = await bench(t);
    await wecom.appchat.send("opsGroup", "**好了**");
    await wecom.appchat.send("opsGroup", Array.from({ length: 300 }, (_, i) => `第 ${i} 行`).join("\n"));
    const [short, first, second] = texts();
    assert.equal(short, "**好了**");
    assert.match(first ?? "", /^\(1\/\d\)\n第 0 行/);
    assert.match(second ?? "", /^\(2\/\d\)\n/);
    assert.ok(texts().every((text) => Buffer.byteLength(text ?? "") <= 2048));
  });

  test("refuses an empty text before any call", async (t) => {
    const { wecom, simulator } = await bench(t);
    await assert.rejects(wecom.appchat.send("opsGroup", " \n"), {
      code: "wecom.empty_text",
      retryable: false,
    });
    assert.equal(simulator.groups.sentCount().groups, 0);
  });

  test("that is gone, of another app, or out of the app's scope is refused with what to do", async (t) => {
    const { wecom, simulator } = await bench(t);
    const foreign = simulator.groups.addForeign("别人的");
    for (const chatId of ["gone", "OPSGROUP", foreign]) {
      await assert.rejects(
        wecom.appchat.send(chatId, "x"),
        (error: Error & { code?: string; retryable?: boolean }) => {
          assert.deepEqual([error.code, error.retryable], ["wecom.bad_group", false]);
          assert.match(error.message, /本应用建的/);
          return true;
        },
      );
    }
    simulator.faults.set({ on: "api", effect: "errcode", errcode: 48002 });
    await assert.rejects(wecom.appchat.send("opsGroup", "x"), /根部门.*root department/);
  });
});

describe("encrypted ids of people", () => {
  test("are read for members in the app's scope, and for nobody else", async (t) => {
    const { wecom, simulator } = await bench(t);
    const encrypted = openUserIdOf(simulator.company.corpId, "ZhangSan");
    assert.equal(await wecom.openUserIds.plain(encrypted), "zhangsan");
    assert.equal(await wecom.openUserIds.plain("woAAAAnobody"), null);
    assert.equal(await wecom.openUserIds.plain(encrypted.toLowerCase()), null);
  });
});
