import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loggedInPath, returnPath } from "../../../bot/pages/return-path.ts";

const TASK = `/tasks/t_${"a2".repeat(26)}`;
const EVENT = `/events/e_${"b3".repeat(26)}`;
const SAME = [
  ...[TASK, EVENT, "/", "/tasks", "/events", "/clusters"],
  ...["/tasks?state=open&rule=disk-full", "/events?q=%E7%A3%81%E7%9B%98&from=24h", "/?x=1"],
];

for (const path of SAME) {
  test(`a login leads back to ${path}`, () => assert.equal(returnPath(path), path));
}

const ELSEWHERE: unknown[] = [
  ...[
    "",
    "/tasks/",
    "/tasks/t_x",
    "/login",
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/eventsx",
    "/events/..%2f",
    "/events/a/b",
    "/clusters/x",
    "/tasks#a",
    "?q=1",
  ],
  ...[
    `${TASK}/`,
    `${TASK}/output`,
    `${TASK}?a=b`,
    `${TASK}#a`,
    `${TASK}\n`,
    ` ${TASK}`,
    `/x${TASK}`,
    `${TASK}%0a`,
    "/tasks\n",
    `${EVENT}?a=b`,
  ],
  ...[undefined, null, 7, [TASK]],
];

for (const text of ELSEWHERE) {
  test(`a login does not lead to ${JSON.stringify(text)}`, () => assert.equal(returnPath(text), null));
}

test("what marks a login is not asked for again, and is put behind what is", () => {
  assert.equal(returnPath("/events?in=1&q=a"), "/events?q=a");
  assert.equal(loggedInPath("/events?q=a"), "/events?q=a&in=1");
  assert.equal(loggedInPath(TASK), `${TASK}?in=1`);
});

test("of a query that no cookie holds the page stays", () => {
  assert.equal(returnPath(`/events?q=${"a".repeat(2_000)}`), "/events");
});

const anywhere = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.webUrl(),
  fc
    .tuple(
      fc.constantFrom(
        "/",
        "//",
        "/\\",
        "/tasks",
        "/events",
        "/clusters",
        "/tasks/",
        "/events/",
        "\t/",
        "http:",
      ),
      fc.constantFrom("", "?", "#", "/", "//", "@"),
      fc.string({ unit: "binary" }),
    )
    .map((parts) => parts.join("")),
);

test("wherever a link says, a login stays on this host and on one of its pages", () => {
  fc.assert(
    fc.property(anywhere, (text) => {
      const back = returnPath(text);
      if (back === null) return;
      const to = new URL(loggedInPath(back), "https://whale.example");
      assert.equal(to.origin, "https://whale.example");
      assert.match(to.pathname, /^\/(tasks|events|clusters)?$|^\/(tasks|events)\/[A-Za-z0-9_]+$/);
      assert.match(back, /^[\w\-.*+%&=/?]+$/);
      assert.equal(returnPath(back), back);
    }),
    { numRuns: 2_000 },
  );
});
