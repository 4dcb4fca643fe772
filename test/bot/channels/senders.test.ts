import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SenderDeps, senderOf } from "../../../bot/channels/senders.ts";
import { ChatOpsError } from "../../../core/errors.ts";

const MEMBERS: Record<string, "not_entitled" | "inactive"> = { zhangsan: "not_entitled", sunqi: "inactive" };

function deps(plainId: SenderDeps["plainId"] = async () => null): SenderDeps {
  return {
    directory: {
      vouch: async (userId) => ({ outcome: MEMBERS[userId.toLowerCase()] ?? "unknown_person" }),
    },
    plainId,
  };
}

describe("who speaks to the AI bot", () => {
  test("is a member by their own id, in lower case", async () => {
    const never = async () => assert.fail("asked for what is no encrypted id");
    assert.deepEqual(await senderOf("ZhangSan", deps(never)), { outcome: "known", userId: "zhangsan" });
  });

  test("is the member whose encrypted id it is", async () => {
    const found = await senderOf(
      "woAAAA1",
      deps(async (id) => (id === "woAAAA1" ? "zhangsan" : null)),
    );
    assert.deepEqual(found, { outcome: "known", userId: "zhangsan" });
  });

  test("is nobody when neither is in the directory", async () => {
    assert.deepEqual(await senderOf("woAAAA2", deps()), { outcome: "unknown_person" });
    assert.deepEqual(
      await senderOf(
        "woAAAA2",
        deps(async () => "gone"),
      ),
      { outcome: "unknown_person" },
    );
  });

  test("is refused when disabled, whichever id they have", async () => {
    assert.deepEqual(await senderOf("sunqi", deps()), { outcome: "inactive" });
    assert.deepEqual(
      await senderOf(
        "woAAAA3",
        deps(async () => "sunqi"),
      ),
      { outcome: "inactive" },
    );
  });

  test("is not known where the app may not ask, and asked for again where it could not", async () => {
    const failing = (retryable: boolean) => async () => {
      throw new ChatOpsError("no", { code: "wecom.test", retryable });
    };
    assert.deepEqual(await senderOf("woAAAA4", deps(failing(false))), { outcome: "unknown_person" });
    await assert.rejects(senderOf("woAAAA4", deps(failing(true))), { code: "wecom.test" });
  });
});
