import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type Around, deliver } from "./deliver.ts";

/** Of deliveries whose headers, query or options matter, they stand beside the body. */
function aroundOf(body: URL): Around {
  const beside = new URL(body.href.replace(/\.(json|body)$/, ".delivery.json"));
  return existsSync(beside) ? (JSON.parse(readFileSync(beside, "utf8")) as Around) : {};
}

const EVENTS = new URL("../../../fixtures/events/", import.meta.url);

for (const kind of readdirSync(EVENTS)) {
  const folder = new URL(`${kind}/`, EVENTS);
  for (const file of readdirSync(folder).filter((name) => !/\.(event|delivery)\.json$/.test(name))) {
    test(`reads fixtures/events/${kind}/${file} as the file beside it says`, () => {
      const expected: unknown = JSON.parse(
        readFileSync(new URL(file.replace(/\.(json|body)$/, ".event.json"), folder), "utf8"),
      );
      const body = new URL(file, folder);
      assert.deepEqual(deliver(kind, readFileSync(body), aroundOf(body)), expected);
    });
  }
}
