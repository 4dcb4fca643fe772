import { createHash } from "node:crypto";
import type { Workload } from "../../core/clusters/index.ts";
import type { Strategy } from "../../core/releases/index.ts";
import type { Container, Deployment } from "./schema.ts";

/** Marks pods and their deployment with the release that set their image. */
export const RELEASE_MARK = "whale.internal/release";

/** The place in a deployment that a release changes. */
export interface Place {
  list: "initContainers" | "containers";
  name: string;
  image: string;
}

export type PlaceOutcome =
  | { outcome: "found"; place: Place }
  /** It has none. */
  | { outcome: "absent"; message: string }
  /** It has one that must not, or cannot, be chosen. */
  | { outcome: "unusable"; message: string };

export interface Wanted {
  workload: Workload;
  strategy: Strategy;
  /** As the configuration names it. */
  initContainer: string | undefined;
  /** The image that is to come there, where one is. */
  image?: string;
}

const PREFIX = "st2-custom-pack-";
const PACK_FOLDERS = ["/opt/stackstorm/packs", "/opt/stackstorm/virtualenvs"];

/**
 * Finds it by name: a patch for a container that is not there would add one, so that nothing is patched that was not
 * seen.
 */
export function placeIn(deployment: Deployment, wanted: Wanted): PlaceOutcome {
  return wanted.strategy === "packs-image" ? packsPlace(deployment, wanted) : workerPlace(deployment, wanted);
}

function packsPlace({ spec, metadata }: Deployment, { initContainer, image }: Wanted): PlaceOutcome {
  const all = spec.template.spec.initContainers ?? [];
  const fitting = all.filter(({ name }) =>
    initContainer === undefined ? name.startsWith(PREFIX) : name === initContainer,
  );
  const ours = image === undefined ? undefined : fitting.find(({ name }) => name === initContainerOf(image));
  const [first, ...others] = ours ? [ours] : fitting;
  if (!first) {
    const which = initContainer ?? `${PREFIX}…`;
    return { outcome: "absent", message: `deployment ${metadata.name} has no init container ${which}` };
  }
  if (others.length === 0) return found("initContainers", first);
  const names = fitting.map(({ name }) => name).join(", ");
  const message = `deployment ${metadata.name} has several init containers for packs (${names}): name one as deploy.initContainer`;
  return { outcome: "unusable", message };
}

/** The chart names it by the image's repository and name; a tag or digest does not count. */
function initContainerOf(image: string): string {
  const plain = image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const at = plain.lastIndexOf("/");
  const joined = `${plain.slice(0, Math.max(0, at))}-${plain.slice(at + 1)}`;
  return `${PREFIX}${createHash("sha1").update(joined).digest("hex")}`;
}

function workerPlace({ spec, metadata }: Deployment, { workload }: Wanted): PlaceOutcome {
  const container = spec.template.spec.containers.find(({ name }) => name === workload.container);
  if (!container) {
    const message = `deployment ${metadata.name} has no container ${workload.container}`;
    return { outcome: "absent", message };
  }
  const hiding = (container.volumeMounts ?? []).find(({ mountPath }) =>
    PACK_FOLDERS.includes(mountPath.replace(/\/+$/, "")),
  );
  if (!hiding) return found("containers", container);
  const message = `deployment ${metadata.name} mounts a volume at ${hiding.mountPath}, which would hide the packs of the image`;
  return { outcome: "unusable", message };
}

function found(list: Place["list"], { name, image }: Container): PlaceOutcome {
  return { outcome: "found", place: { list, name, image: image ?? "" } };
}

/** The release that a deployment is marked with; null without. */
export function markOf({ spec }: Deployment): string | null {
  return spec.template.metadata?.annotations?.[RELEASE_MARK] ?? null;
}

/** The patch that sets one image and the mark, and holds only for the deployment as it was read. */
export function patchOf(deployment: Deployment, place: Place, order: { image: string; release: string }) {
  const { name, list } = place;
  return {
    metadata: { resourceVersion: deployment.metadata.resourceVersion },
    spec: {
      template: {
        metadata: { annotations: { [RELEASE_MARK]: order.release } },
        spec: { [list]: [{ name, image: order.image }] },
      },
    },
  };
}
