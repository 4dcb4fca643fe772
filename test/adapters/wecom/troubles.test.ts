import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TroubleCause } from "../../../adapters/wecom/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { bench, inTurn, SECRETS } from "./fake-wecom.ts";

const TEXT = { recipients: ["lisi"], markdown: "hi", dropRepeat: false };

const met: [errcode: number, cause: TroubleCause][] = [
  [60020, "ip_not_trusted"],
  [45009, "quota_reached"],
  [48006, "app_disabled"],
  [50003, "app_disabled"],
  [301002, "bad_agent"],
  [43012, "no_callback"],
];

describe("the troubles of an app", () => {
  for (const [errcode, cause] of met) {
    it(`names ${errcode} ${cause}, until the same call works again`, async (t) => {
      const { wecom, clock } = await bench(t, { "message/send": inTurn({ errcode, errmsg: "no" }, {}) });
      await assert.rejects(wecom.messenger.sendText(TEXT));
      const sinceMs = clock.nowMs();
      const [trouble, ...others] = wecom.troubles.current();
      assert.deepEqual(
        [trouble?.cause, trouble?.sinceMs, trouble?.api, others],
        [cause, sinceMs, "message/send", []],
      );
      assertLeaksNoSecret([SECRETS.corpSecret, SECRETS.token], trouble);
      clock.advance(1000);
      await wecom.messenger.sendText(TEXT);
      assert.deepEqual([wecom.troubles.current(), wecom.troubles.lastGoodMs()], [[], sinceMs + 1000]);
    });
  }

  it("does not take another API's answer for the end of a used up quota", async (t) => {
    const { wecom } = await bench(t, {
      "message/send": { errcode: 45009, errmsg: "no" },
      "user/get": { userid: "lisi", status: 1 },
    });
    await assert.rejects(wecom.messenger.sendText(TEXT));
    await wecom.directory.vouch("lisi", [{ users: ["lisi"] }]);
    assert.equal(wecom.troubles.current()[0]?.cause, "quota_reached");
  });

  it("keeps when a trouble began, and a wrong secret asks gettoken once", async (t) => {
    const { wecom, clock, callsOf } = await bench(t, { gettoken: { errcode: 40001, errmsg: "no" } });
    const beganMs = clock.nowMs();
    await assert.rejects(wecom.messenger.sendText(TEXT));
    clock.advance(600_000);
    await assert.rejects(wecom.messenger.sendText(TEXT));
    assert.equal((await wecom.probe()).outcome, "failing");
    const [trouble] = wecom.troubles.current();
    assert.deepEqual(
      [trouble?.cause, trouble?.sinceMs, trouble?.lastMs],
      ["bad_credentials", beganMs, beganMs + 600_000],
    );
    assert.equal(callsOf("gettoken").length, 1);
  });

  for (const [errcode, cause] of met) {
    it(`keeps what ${cause} refuses for later, for the message is not at fault`, async (t) => {
      const { wecom } = await bench(t, { "message/send": { errcode, errmsg: "no" } });
      await assert.rejects(wecom.messenger.sendText(TEXT), { retryAfterMs: 60_000, reached: "no" });
    });
  }

  it("tells since when WeCom does not answer, until it says anything", async (t) => {
    let isAway = true;
    const { wecom, clock } = await bench(t, {
      "message/send": (_call, response) =>
        isAway ? void response.destroy() : { errcode: 81013, errmsg: "no" },
    });
    assert.equal(wecom.troubles.silence(), null);
    const beganMs = clock.nowMs();
    await assert.rejects(wecom.messenger.sendText(TEXT));
    clock.advance(5000);
    await assert.rejects(wecom.messenger.sendText(TEXT));
    assert.equal(wecom.troubles.silence()?.sinceMs, beganMs);
    assertLeaksNoSecret([SECRETS.corpSecret, SECRETS.token], wecom.troubles.silence());
    assert.deepEqual(wecom.troubles.current(), []);
    isAway = false;
    await assert.rejects(wecom.messenger.sendText(TEXT));
    assert.equal(wecom.troubles.silence(), null);
  });

  it("does not count what is wrong with one message", async (t) => {
    const { wecom } = await bench(t, { "message/send": { errcode: 81013, errmsg: "no" } });
    await assert.rejects(wecom.messenger.sendText(TEXT));
    assert.deepEqual(wecom.troubles.current(), []);
  });
});
