import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTokenCache, type FreshToken } from "../../../adapters/wecom/token.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { movableClock } from "../../support/clock.ts";
import { gate } from "./fake-wecom.ts";

const LIFE_MS = 7_200_000;

/** A cache whose fetches give t1, t2, … or fail as told. */
function bench(failures: (Error | undefined)[] = [], expiresInMs = LIFE_MS) {
  const clock = movableClock();
  const state = { fetches: 0 };
  const fetchToken = async (): Promise<FreshToken> => {
    const failure = failures[state.fetches];
    state.fetches += 1;
    if (failure) throw failure;
    return { token: `t${state.fetches}`, expiresInMs };
  };
  return { clock, state, tokens: createTokenCache(fetchToken, clock) };
}

const down = new ChatOpsError("down", { code: "wecom.timeout", retryable: true });
const HOUR_MS = 3_600_000;
const banned = new ChatOpsError("banned", {
  code: "wecom.rate_limited",
  retryAfterMs: 60_000,
  reached: "no",
});
const wrongSecret = new ChatOpsError("wrong", { code: "wecom.bad_credentials", retryable: false });

describe("the token cache", () => {
  it("fetches once for parallel callers and keeps the token", async () => {
    const { tokens, state } = bench();
    assert.deepEqual(await Promise.all([tokens.get(), tokens.get(), tokens.get()]), ["t1", "t1", "t1"]);
    assert.equal(await tokens.get(), "t1");
    assert.equal(state.fetches, 1);
  });

  it("renews five minutes before the end", async () => {
    const { tokens, clock } = bench();
    await tokens.get();
    clock.advance(LIFE_MS - 300_001);
    assert.equal(await tokens.get(), "t1");
    clock.advance(1);
    assert.equal(await tokens.get(), "t2");
  });

  it("keeps a token of a few minutes for half its life instead of renewing it at every call", async () => {
    const { tokens, clock } = bench([], 200_000);
    await tokens.get();
    clock.advance(99_999);
    assert.equal(await tokens.get(), "t1");
    clock.advance(1);
    assert.equal(await tokens.get(), "t2");
  });

  it("fetches anew after the token was dropped", async () => {
    const { tokens } = bench();
    tokens.drop(await tokens.get());
    assert.equal(await tokens.get(), "t2");
  });

  it("keeps a newer token when an older one is dropped late", async () => {
    const { tokens, state } = bench();
    const old = await tokens.get();
    tokens.drop(old);
    await tokens.get();
    tokens.drop(old);
    assert.equal(await tokens.get(), "t2");
    assert.equal(state.fetches, 2);
  });

  it("fails all parallel callers together and tries again at the next call", async () => {
    const { tokens, state } = bench([down]);
    const results = await Promise.allSettled([tokens.get(), tokens.get()]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(state.fetches, 1);
    assert.equal(await tokens.get(), "t2");
  });

  it("goes on with a token that still works when the renewal fails, and asks again after ten seconds", async () => {
    const { tokens, clock, state } = bench([undefined, down]);
    await tokens.get();
    clock.advance(LIFE_MS - 200_000);
    assert.deepEqual([await tokens.get(), await tokens.get(), state.fetches], ["t1", "t1", 2]);
    clock.advance(10_000);
    assert.equal(await tokens.get(), "t3");
  });

  it("fails when the renewal fails and the token is over", async () => {
    const { tokens, clock } = bench([undefined, down]);
    await tokens.get();
    clock.advance(LIFE_MS);
    await assert.rejects(tokens.get(), down);
  });

  it("asks no more for an hour after wrong credentials", async () => {
    const { tokens, clock, state } = bench([wrongSecret]);
    await assert.rejects(tokens.get(), wrongSecret);
    clock.advance(HOUR_MS - 1);
    await assert.rejects(tokens.get(), wrongSecret);
    assert.equal(state.fetches, 1);
    clock.advance(1);
    assert.equal(await tokens.get(), "t2");
  });

  it("takes a rate limit for a ban, and asks no more for an hour", async () => {
    const { tokens, clock, state } = bench([banned]);
    const blocked = { code: "wecom.token_blocked", retryAfterMs: HOUR_MS, reached: "no" };
    await assert.rejects(tokens.get(), blocked);
    clock.advance(HOUR_MS - 1);
    await assert.rejects(tokens.get(), blocked);
    assert.equal(state.fetches, 1);
    clock.advance(1);
    assert.equal(await tokens.get(), "t2");
  });

  for (const [name, refusal] of [
    ["credentials became wrong", wrongSecret],
    ["the address is banned", banned],
  ] as const) {
    it(`goes on with a token that still works when ${name}, and asks no more`, async () => {
      const { tokens, clock, state } = bench([undefined, refusal]);
      await tokens.get();
      clock.advance(LIFE_MS - 200_000);
      assert.equal(await tokens.get(), "t1");
      clock.advance(100_000);
      assert.deepEqual([await tokens.get(), state.fetches], ["t1", 2]);
      clock.advance(100_000);
      await assert.rejects(tokens.get(), { message: refusal.message });
      assert.equal(state.fetches, 2);
    });
  }

  it("does not stretch that hour when the clock is moved back", async () => {
    const { tokens, clock } = bench([wrongSecret]);
    await assert.rejects(tokens.get(), wrongSecret);
    clock.advance(-3_600_000);
    assert.equal(await tokens.get(), "t2");
  });

  it("fetches anew when the clock is moved back before the token was got", async () => {
    const { tokens, clock } = bench();
    await tokens.get();
    clock.advance(-1);
    assert.equal(await tokens.get(), "t2");
  });

  it("lets a caller who drops during a fetch wait for that fetch", async () => {
    const { opened, open } = gate();
    let fetches = 0;
    const fetchToken = async () => {
      fetches += 1;
      if (fetches === 2) await opened;
      return { token: `t${fetches}`, expiresInMs: LIFE_MS };
    };
    const tokens = createTokenCache(fetchToken, movableClock());
    tokens.drop(await tokens.get());
    const first = tokens.get();
    tokens.drop("t1");
    const second = tokens.get();
    open();
    assert.deepEqual(await Promise.all([first, second]), ["t2", "t2"]);
    assert.equal(fetches, 2);
  });
});
