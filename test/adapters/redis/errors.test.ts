import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { callError, closedError, replyCode } from "../../../adapters/redis/errors.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";

const SECRET = "s3cret-pass-word";

function aReply(message: string): Error {
  const error = new Error(message);
  error.name = "ReplyError";
  return Object.assign(error, { command: { name: "auth", args: [SECRET] } });
}

describe("errors of Redis", () => {
  const table: [message: string, code: string, retryable: boolean][] = [
    [
      "OOM command not allowed when used memory > 'maxmemory'. script: 3ca1, on @user_script:1.",
      "store.full",
      true,
    ],
    ["MISCONF Errors writing to the AOF file: No space left on device", "store.write_failed", true],
    ["READONLY You can't write against a read only replica.", "store.write_failed", true],
    ["LOADING Redis is loading the dataset in memory", "store.write_failed", true],
    ["CLUSTERDOWN The cluster is down", "store.write_failed", true],
    ["BUSY Redis is busy running a script.", "store.write_failed", true],
    ["NOREPLICAS Not enough good replicas to write.", "store.write_failed", true],
    ["WRONGPASS invalid username-password pair or user is disabled.", "store.refused", false],
    ["NOPERM this user has no permissions to run the 'evalsha' command", "store.refused", false],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", "store.refused", false],
    ["ERR value is not an integer or out of range", "store.refused", false],
  ];
  for (const [message, code, retryable] of table) {
    test(`are ${code}${retryable ? ", to be tried again," : ""} for ${replyCode(aReply(message))}`, () => {
      const error = callError(aReply(message));
      assert.deepEqual([error.code, error.retryable], [code, retryable]);
    });
  }

  test("may have reached the server when the connection broke under a call", () => {
    const error = callError(new Error("Connection is closed."));
    assert.deepEqual([error.code, error.retryable, error.reached], ["store.unreachable", true, "maybe"]);
  });

  test("pass through when they are ours already", () => {
    const ours = closedError();
    assert.equal(callError(ours), ours);
  });

  test("carry nothing of the call: no password, no body", () => {
    assertLeaksNoSecret([SECRET], callError(aReply("WRONGPASS invalid username-password pair")));
    const broken = Object.assign(new Error("Connection is closed."), { command: { args: [SECRET] } });
    assertLeaksNoSecret([SECRET], callError(broken));
  });
});
