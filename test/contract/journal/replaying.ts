import assert from "node:assert/strict";
import type { Journal } from "../../../core/ports/index.ts";
import { aDelivery, aDraft, aRawBody } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";

const WINDOW_MS = 300_000;

type Open = () => Promise<HarnessOf<"journal">>;

interface Signed {
  signature?: string;
  source?: string;
  fresh: number;
  forMs?: number;
  drafts?: number;
}

/** A signed delivery whose drafts have no key of their own: only the signature can tell it is the same. */
function signed({ signature = "s1", source = "prometheus", ...rest }: Signed) {
  const { fresh, forMs = WINDOW_MS, drafts = 1 } = rest;
  const draftNo = (n: number) =>
    aDraft({ dedupeKey: null, freshId: `e_${fresh}_${n}`, event: { source, status: "point" } });
  return aDelivery(upTo(drafts).map(draftNo), { source, replay: { signature, forMs } });
}

function all(journal: Journal): Promise<number> {
  return journal.lag("rules");
}

/** Promises about signatures that come again. */
export function replayingSignatures(open: Open): void {
  const test = testsOn(open);

  test("takes one signature once and gives the first receipts again", async ({ journal }) => {
    const first = await journal.append(signed({ fresh: 1, drafts: 3 }));
    const again = await journal.append(signed({ fresh: 2, drafts: 3 }));
    assert.deepEqual(
      first.map(({ outcome }) => outcome),
      ["new", "new", "new"],
    );
    assert.deepEqual(
      again,
      first.map(({ eventId }) => ({ eventId, outcome: "duplicate" })),
    );
    assert.equal(await all(journal), 3);
    assert.equal(await journal.event("e_2_0"), null);
  });

  test("gives the first receipts even when the same body now reads as something else", async ({
    journal,
  }) => {
    const [first] = await journal.append(signed({ fresh: 1 }));
    const again = await journal.append(signed({ fresh: 2, drafts: 0 }));
    assert.deepEqual(again, [{ eventId: first?.eventId, outcome: "duplicate" }]);
  });

  test("remembers a delivery that brought no event", async ({ journal }) => {
    assert.deepEqual(await journal.append(signed({ fresh: 1, drafts: 0 })), []);
    assert.deepEqual(await journal.append(signed({ fresh: 2, drafts: 1 })), []);
    assert.equal(await all(journal), 0);
  });

  test("takes one of many that come at once", async ({ journal }) => {
    const receipts = await Promise.all(upTo(50).map((fresh) => journal.append(signed({ fresh }))));
    assert.equal(receipts.flat().filter(({ outcome }) => outcome === "new").length, 1);
    assert.equal(new Set(receipts.flat().map(({ eventId }) => eventId)).size, 1);
    assert.equal(await all(journal), 1);
  });

  test("keeps the signatures of two sources apart, and two signatures of one", async ({ journal }) => {
    await journal.append(signed({ fresh: 1 }));
    const other = await journal.append(signed({ fresh: 2, source: "zabbix" }));
    const second = await journal.append(signed({ fresh: 3, signature: "s2" }));
    assert.deepEqual([other[0]?.outcome, second[0]?.outcome], ["new", "new"]);
  });

  test("counts a signature anew once it has expired, not before", async ({ journal, clock }) => {
    await journal.append(signed({ fresh: 1 }));
    clock.advance(WINDOW_MS - 1);
    assert.equal((await journal.append(signed({ fresh: 2 })))[0]?.outcome, "duplicate");
    clock.advance(1);
    assert.equal((await journal.append(signed({ fresh: 3 })))[0]?.outcome, "new");
    assert.equal((await journal.append(signed({ fresh: 4 })))[0]?.outcome, "duplicate");
  });

  test("counts a signature's time from its own clock, wherever that stands", async ({ journal, clock }) => {
    clock.advance(10 * WINDOW_MS);
    await journal.append(signed({ fresh: 1 }));
    clock.advance(WINDOW_MS - 1);
    assert.equal((await journal.append(signed({ fresh: 2 })))[0]?.outcome, "duplicate");
  });

  test("knows a signature while the clock is moved back", async ({ journal, clock }) => {
    await journal.append(signed({ fresh: 1 }));
    clock.advance(-10 * WINDOW_MS);
    assert.equal((await journal.append(signed({ fresh: 2 })))[0]?.outcome, "duplicate");
  });

  test("does not extend a signature's time when it comes again", async ({ journal, clock }) => {
    await journal.append(signed({ fresh: 1 }));
    await journal.append(signed({ fresh: 2, forMs: 9 * WINDOW_MS }));
    clock.advance(WINDOW_MS);
    assert.equal((await journal.append(signed({ fresh: 3 })))[0]?.outcome, "new");
  });

  test("forgets by trimming only what has expired, many too", async ({ journal, clock }) => {
    for (const n of upTo(600)) await journal.append(signed({ fresh: n, signature: `old${n}`, drafts: 0 }));
    clock.advance(WINDOW_MS);
    await journal.append(signed({ fresh: 1 }));
    await journal.trim(START_MS);
    assert.equal((await journal.append(signed({ fresh: 2 })))[0]?.outcome, "duplicate");
    // An expired one would show again if only its time told it: the clock goes back to see what is left.
    clock.advance(-WINDOW_MS);
    const old = await journal.append(signed({ fresh: 3, signature: "old7" }));
    assert.equal(old[0]?.outcome, "new");
  });

  test("leaves deliveries without a signature to their keys", async ({ journal }) => {
    const raw = aRawBody("same");
    const plain = (fresh: string) => aDelivery([aDraft({ dedupeKey: null, freshId: fresh })], { raw });
    await journal.append(plain("e_a"));
    assert.equal((await journal.append(plain("e_b")))[0]?.eventId, "e_b");
  });
}
