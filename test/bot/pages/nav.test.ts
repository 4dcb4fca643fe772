import assert from "node:assert/strict";
import { test } from "node:test";
import { markupOf } from "../../../bot/pages/html.ts";
import { navPart, placesOf } from "../../../bot/pages/nav.ts";
import type { Right, UserActor } from "../../../core/people/index.ts";
import { textsOf } from "../../../core/texts/index.ts";

const texts = textsOf("zh");

function anActor(...rights: Right[]): UserActor {
  const roles = rights.length > 0 ? [{ name: "r", of: {}, rights }] : [];
  return { kind: "user", userId: "u", roles, unsure: [], against: null };
}

test("somebody without a right goes to what is theirs alone", () => {
  assert.deepEqual(placesOf(anActor()), ["overview", "tasks"]);
});

test("each right opens its place", () => {
  assert.deepEqual(placesOf(anActor("events.read")), ["overview", "tasks", "events"]);
  assert.deepEqual(placesOf(anActor("events.read", "clusters.read")), [
    ...["overview", "tasks", "events", "clusters"],
  ]);
});

function marks(path: string, base = ""): string[] {
  const nav = markupOf(navPart(["overview", "tasks", "events", "clusters"], { base, path, texts }));
  return [...nav.matchAll(/<a href="([^"]*)" aria-current="([^"]*)"/g)].map(
    ([, href, current]) => `${href} ${current}`,
  );
}

test("marks the page itself, and the list that a page lies below", () => {
  assert.deepEqual(marks("/"), ["/ page"]);
  assert.deepEqual(marks("/tasks"), ["/tasks page"]);
  assert.deepEqual(marks("/tasks/"), ["/tasks page"]);
  assert.deepEqual(marks("/tasks/t_a"), ["/tasks true"]);
  assert.deepEqual(marks("/events/e_a"), ["/events true"]);
  assert.deepEqual(marks("/login"), []);
});

test("stands behind the path at which people reach Whale", () => {
  assert.deepEqual(marks("/clusters", "/whale"), ["/whale/clusters page"]);
});
