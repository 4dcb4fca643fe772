import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { underWay } from "../../core/under-way.ts";

describe("calls under way", () => {
  test("are waited for, those that fail too", async () => {
    const calls = underWay();
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const counted = [calls.count(first.promise), calls.count(second.promise)];
    let none = false;
    const waited = calls.none().then(() => {
      none = true;
    });
    first.resolve("done");
    assert.equal(await counted[0], "done");
    await turn();
    assert.equal(none, false);
    second.reject(new Error("cut"));
    await assert.rejects(counted[1] as Promise<string>, { message: "cut" });
    await waited;
    assert.equal(none, true);
  });

  test("are none at first, and none again after the last one", async () => {
    const calls = underWay();
    await calls.none();
    await calls.count(Promise.resolve());
    await calls.none();
  });

  test("release everyone who waits", async () => {
    const calls = underWay();
    const one = Promise.withResolvers<void>();
    const counted = calls.count(one.promise);
    const waiting = [calls.none(), calls.none()];
    assert.equal(calls.size(), 1);
    one.resolve();
    await Promise.all([counted, ...waiting]);
    assert.equal(calls.size(), 0);
  });
});
