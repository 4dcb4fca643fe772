import assert from "node:assert/strict";
import { test } from "node:test";
import { startAuditCopier } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { AuditCopy } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { openMemoryArchive } from "../../../fixtures/memory-archive/index.ts";
import { aDeed } from "../../contract/audit.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

function parts() {
  const clock = movableClock();
  const { audit, leases } = openMemoryStore({ clock });
  return { clock, audit, leases, copy: openMemoryArchive().audit };
}

/** A copy that tells when it was written, and fails the given calls. */
function watched(copy: AuditCopy, failing: Set<number> = new Set()) {
  const waiting: { count: number; resolve: () => void }[] = [];
  let writes = 0;
  const tried = (count: number) =>
    new Promise<void>((resolve) => (writes >= count ? resolve() : waiting.push({ count, resolve })));
  const write: AuditCopy["write"] = async (entries) => {
    writes += 1;
    const fails = failing.has(writes);
    // A part may be there although the answer says no.
    await copy.write(fails ? entries.slice(0, 1) : entries);
    for (const one of waiting) if (writes >= one.count) setImmediate(one.resolve);
    if (fails) throw new ChatOpsError("away", { code: "elasticsearch.busy", retryable: true });
  };
  return { copy: { ...copy, write }, tried };
}

test("brings what is in the chain and what comes later, each once", async () => {
  const { copy, ...rest } = parts();
  const { copy: archive, tried } = watched(copy);
  await rest.audit.append(aDeed());
  const copier = startAuditCopier({ ...rest, copy: archive, holder: "a", log: silentLog });
  await tried(1);
  await rest.audit.append(aDeed({ who: "lisi" }));
  copier.wake();
  await tried(2);
  await copier.stop();
  assert.deepEqual(await copy.read(0, 10), await rest.audit.read(0, 10));
});

test("goes on where the copy ends after the archive was away half-way", async () => {
  const { copy, ...rest } = parts();
  const { copy: archive, tried } = watched(copy, new Set([1]));
  for (const n of [1, 2, 3]) await rest.audit.append(aDeed({ who: `u${n}` }));
  const copier = startAuditCopier({ ...rest, copy: archive, holder: "a", log: silentLog });
  await tried(1);
  copier.wake();
  await tried(2);
  await copier.stop();
  assert.deepEqual(await copy.read(0, 10), await rest.audit.read(0, 10));
});

test("leaves it to the process that does so already", async () => {
  const { copy, ...rest } = parts();
  await rest.audit.append(aDeed());
  await rest.leases.acquire("audit-copy", "other", 30_000);
  const copier = startAuditCopier({ ...rest, copy, holder: "a", log: silentLog });
  copier.wake();
  await copier.stop();
  assert.equal(await copy.position(), 0);
});
