import { errorText } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { Audit, Clock, Ids, Leases, Logger, StateStore } from "../../../core/ports/index.ts";
import type { Build, BuildStage, PackSet } from "../../../core/releases/index.ts";
import type { BuildRecords } from "./records.ts";
import type { StageDeps } from "./stages.ts";

export interface BuildsDeps extends Omit<StageDeps, "sameImage" | "nowMs"> {
  state: StateStore;
  leases: Leases;
  /** Names this process. */
  holder: string;
  /** The set of this id as it is now; null when there is none. */
  setOf: (id: string) => PackSet | null;
  audit: Pick<Audit, "append">;
  ids: Ids;
  clock: Clock;
  log: Logger;
  /** Tells whoever ordered it how it ended. */
  tell: (build: Build) => Promise<void>;
  /** Calls again and again until told to stop. */
  every: (ms: number, look: () => Promise<void>) => () => void;
  /** How long a build may take, in milliseconds. */
  buildMs: number;
}

/** What the parts of the builds work on. */
export interface Ground {
  records: BuildRecords;
  deps: BuildsDeps;
}

/** A stage that begins now. */
export function stageNow(
  stage: BuildStage,
  { clock }: Pick<BuildsDeps, "clock">,
): Pick<Build, "stage" | "since"> {
  return { stage, since: new Date(clock.nowMs()).toISOString() };
}

/** Writes down and tells how a build ended. A process that dies meanwhile has it done by another, maybe twice. */
export async function conclude(build: Build, { records, deps }: Ground): Promise<void> {
  const { id, set, stage, image } = build;
  deps.log.info({ build: id, set, stage, digest: image?.digest }, "a build is over");
  const detail = { set, outcome: stage, ...(image ? { digest: image.digest } : {}) };
  const who = stage === "canceled" ? (build.cancelBy ?? "whale") : "whale";
  try {
    await record(build, { what: "packs.build_end", who, detail }, deps);
    await deps.tell(build);
    await records.change(id, (stored) => ({ ...stored, told: true }));
  } catch (error) {
    deps.log.warn({ build: id, reason: errorText(error) }, "the end of a build is to be told again");
  }
}

/** Writes a deed into the audit log. */
export async function record(
  { id }: Build,
  {
    what,
    who,
    detail,
  }: { what: "packs.build" | "packs.build_cancel" | "packs.build_end"; who: string; detail: JsonObject },
  { audit, clock }: Pick<BuildsDeps, "audit" | "clock">,
): Promise<void> {
  const at = new Date(clock.nowMs()).toISOString();
  await audit.append({ at, who, what, object: id, detail });
}
