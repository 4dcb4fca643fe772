import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUpNames, standInEnvironment } from "../../../adapters/files/index.ts";
import { FIXTURES } from "../../support/world.ts";

test("what is made up for names that are not set tells which those are, once each", async () => {
  const env = await standInEnvironment(`${FIXTURES}/home`, { HZ_ST2_KEY: "k" });
  const { HZ_ST2_API: api, HZ_ST2_KEY: apiKey } = env;
  assert.deepEqual(madeUpNames({ api, streamUrl: `${api}/stream`, auth: { apiKey } }), ["HZ_ST2_API"]);
  assert.deepEqual(madeUpNames({ auth: { apiKey } }), []);
});
