import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createStreams } from "../../../../bot/workers/follow/streams.ts";
import type { Executor } from "../../../../core/ports/index.ts";
import { recordingLog } from "../../../support/log.ts";
import { settled } from "../parts.ts";

/** Streams over an engine whose watches end when the test says, and what their hearers were told. */
function someStreams() {
  const opened: { cluster: string; signal: AbortSignal; end: PromiseWithResolvers<void> }[] = [];
  const told: string[] = [];
  const watch: Executor["watch"] = (cluster, onHint, signal, onProven) => {
    const end = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => end.resolve());
    opened.push({ cluster, signal, end });
    onHint({ cluster, executionId: "*", status: "reconnected" });
    onProven?.(true);
    return end.promise;
  };
  const log = recordingLog();
  const hearerOf = (cluster: string) => ({
    hint: ({ executionId }: { executionId: string }) => void told.push(`${cluster} hint ${executionId}`),
    proven: (isAlive: boolean) => void told.push(`${cluster} proven ${isAlive}`),
  });
  const streams = createStreams({ executor: { watch }, hearerOf, log });
  return { streams, opened, told, log };
}

describe("the streams of a follower", () => {
  test("are one a cluster, however often they are asked for, and each is heard by its own", async (t) => {
    const { streams, opened, told } = someStreams();
    t.after(() => streams.stop());
    streams.keep(["a", "b"]);
    streams.keep(["a", "b"]);
    assert.deepEqual(
      opened.map(({ cluster }) => cluster),
      ["a", "b"],
    );
    assert.deepEqual(told, ["a hint *", "a proven true", "b hint *", "b proven true"]);
  });

  test("of clusters that are wanted no longer are closed, and nobody trusts them any more", async (t) => {
    const { streams, opened, told } = someStreams();
    t.after(() => streams.stop());
    streams.keep(["a", "b"]);
    streams.keep(["b"]);
    await settled(5);
    assert.deepEqual(
      opened.map(({ signal }) => signal.aborted),
      [true, false],
    );
    assert.equal(told.at(-1), "a proven false");
  });

  test("that end by themselves, or break, are opened anew by the next look alone", async (t) => {
    const { streams, opened, told, log } = someStreams();
    t.after(() => streams.stop());
    streams.keep(["a", "b"]);
    opened[0]?.end.resolve();
    opened[1]?.end.reject(new Error("broken"));
    await settled(5);
    assert.equal(opened.length, 2);
    assert.deepEqual(told.slice(-2).sort(), ["a proven false", "b proven false"]);
    assert.match(JSON.stringify(log.lines), /a stream was given up/);
    streams.keep(["a", "b"]);
    assert.equal(opened.length, 4);
  });

  test("a cluster that is wanted again while its old stream closes gets a new one, which stays", async (t) => {
    const { streams, opened } = someStreams();
    t.after(() => streams.stop());
    streams.keep(["a"]);
    streams.keep([]);
    streams.keep(["a"]);
    await settled(5);
    streams.keep(["a"]);
    assert.deepEqual(
      opened.map(({ signal }) => signal.aborted),
      [true, false],
    );
  });

  test("are all closed when it stops, which waits for them", async () => {
    const { streams, opened } = someStreams();
    streams.keep(["a", "b"]);
    await streams.stop();
    assert.ok(opened.every(({ signal }) => signal.aborted));
  });
});
