import assert from "node:assert/strict";
import { test } from "node:test";
import { joined } from "../../../adapters/redis/joined.ts";

test("those who ask before a reading begins share it, and nobody is given one that began before", async () => {
  let readings = 0;
  const read = joined(async () => {
    readings += 1;
    return readings;
  });
  assert.deepEqual(await Promise.all([read(), read(), read()]), [1, 1, 1]);
  assert.equal(await read(), 2);
});

test("a reading that fails does so for those who share it alone", async () => {
  let fails = true;
  const read = joined(async () => {
    if (fails) throw new Error("no connection");
    return "read";
  });
  await Promise.all([assert.rejects(read(), /no connection/), assert.rejects(read(), /no connection/)]);
  fails = false;
  assert.equal(await read(), "read");
});
