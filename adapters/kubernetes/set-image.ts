import type { Workload } from "../../core/clusters/index.ts";
import type { SetOutcome } from "../../core/ports/index.ts";
import type { Strategy } from "../../core/releases/index.ts";
import type { Client } from "./client.ts";
import type { Trouble } from "./errors.ts";
import { markOf, type Place, patchOf, placeIn } from "./place.ts";
import type { Deployment } from "./schema.ts";
import { patchDeployment, readDeployment } from "./workload.ts";

export interface Order {
  workload: Workload;
  strategy: Strategy;
  initContainer: string | undefined;
  image: string;
  release: string;
  dryRun?: boolean;
}

/** A deployment that rolls is changed by its controller all the time, and each change voids what was read. */
const MOST_TRIES = 4;

/** Sets the image of one deployment, if it is not so already; never throws. */
export async function setImage(client: Client, order: Order): Promise<SetOutcome> {
  let last: SetOutcome = { outcome: "conflict", message: "" };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    last = await tryOnce(client, order);
    if (last.outcome !== "conflict") return last;
  }
  return last;
}

async function tryOnce(client: Client, order: Order): Promise<SetOutcome> {
  const reading = await readDeployment(client, order.workload.name);
  if (reading.outcome !== "read") return outcomeOf(reading);
  const { deployment } = reading;
  const at = placeIn(deployment, order);
  if (at.outcome !== "found") return { outcome: "refused", message: at.message };
  const { place } = at;
  if (order.dryRun !== true && isSo(deployment, place, order)) return { outcome: "set", before: place.image };
  if (deployment.spec.paused) {
    const message = `deployment ${order.workload.name} is paused: nothing rolls out there until it is resumed`;
    return { outcome: "refused", message };
  }
  const patch = { body: patchOf(deployment, place, order), dryRun: order.dryRun ?? false };
  const patched = await patchDeployment(client, order.workload.name, patch);
  return patched.outcome === "read" ? judged(patched.deployment, place, order) : outcomeOf(patched);
}

function isSo(deployment: Deployment, place: Place, { image, release }: Order): boolean {
  return place.image === image && markOf(deployment) === release;
}

/** What stands there now must be what was ordered: something on the way may have written another image. */
function judged(deployment: Deployment, place: Place, order: Order): SetOutcome {
  const now = deployment.spec.template.spec[place.list]?.find(({ name }) => name === place.name);
  if (now?.image === order.image) return { outcome: "set", before: place.image };
  const message = `deployment ${order.workload.name}: the image came out as ${now?.image ?? "none"}: something in the cluster changes it`;
  return { outcome: "refused", message };
}

function outcomeOf({ outcome, message }: Trouble): SetOutcome {
  return { outcome: outcome === "absent" ? "refused" : outcome, message };
}
