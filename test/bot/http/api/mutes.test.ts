import assert from "node:assert/strict";
import { test } from "node:test";
import { apiServer } from "./api-server.ts";

test("a mute of a rule that there is none of is refused over REST, too", async (t) => {
  const api = await apiServer(t);
  const order = (match: object) => {
    return api.call("POST", "/api/v1/mutes", { body: { match, for: "2h", why: "x" } });
  };
  const refused = await order({ rule: "nope" });
  assert.deepEqual([refused.status, refused.body.error.code], [422, "unknown_rule"]);
  assert.equal((await order({ subject: "vm-1" })).status, 201);
});
