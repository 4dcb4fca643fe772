import type { InstalledPackage } from "../releases/image.ts";
import type { Strategy } from "../releases/pack-set.ts";

/** What an image is made of. The same order gives the same digest. */
export interface ImageOrder {
  /** A folder with one folder per pack, named by its ref. */
  packs: string;
  /** Names of packs in the order in which they are installed. */
  order: readonly string[];
  strategy: Strategy;
  base: { builder: string; runtime: string };
  /** Registry and repository, without a tag. */
  image: string;
  tag: string;
  labels: Readonly<Record<string, string>>;
  /** The bill of materials that stands in the image, of what installing the packs brought. */
  bill: (installed: readonly InstalledPackage[]) => string;
}

export type BuildOutcome =
  | { outcome: "built"; digest: string; bytes: number }
  | { outcome: "failed" | "canceled"; message: string };

export type PushOutcome =
  | { outcome: "pushed"; digest: string; bytes: number }
  /** The registry holds this tag with another content: it is never overwritten. */
  | { outcome: "taken"; digest: string; message: string }
  /** What was built under this tag is not here (any more): to be built again. */
  | { outcome: "unbuilt"; message: string }
  | { outcome: "failed" | "canceled"; message: string };

/** Builds images and brings them to a registry. */
export interface ImageBuilder {
  /**
   * Builds; what the tools say goes to `onLog` line by line, without secrets. One at a time: what a build before, of
   * this process or of one that died, has left is ended and cleared away first. Never throws.
   */
  build(order: ImageOrder, onLog: (line: string) => void, signal: AbortSignal): Promise<BuildOutcome>;
  /** Pushes what was built last under this tag. Safe to repeat: the same content is the same. Never throws. */
  push(
    order: { image: string; tag: string },
    onLog: (line: string) => void,
    signal: AbortSignal,
  ): Promise<PushOutcome>;
  /** The digest that a registry holds under a tag; null when it holds none. Throws when it cannot be read. */
  digestOf(order: { image: string; tag: string }): Promise<string | null>;
}
