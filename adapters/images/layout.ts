import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";

/** A piece of an image, by the hash of its content. */
export interface Blob {
  digest: string;
  size: number;
  file: string;
}

/** An image on the disk, in the layout of the Open Container Initiative. */
export interface Layout {
  digest: string;
  mediaType: string;
  manifest: Buffer;
  /** Layers, then the configuration. */
  blobs: Blob[];
  /** All of it together. */
  bytes: number;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** Reads the one image of a layout. Throws `images.no_layout` when there is none that can be read. */
export async function readLayout(folder: string): Promise<Layout> {
  try {
    const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8"));
    const head = descriptorOf(index.manifests?.[0]);
    const manifest = await readFile(fileOf(folder, head.digest));
    if (digestOf(manifest) !== head.digest) throw new TypeError("its manifest is damaged");
    const { layers, config } = JSON.parse(manifest.toString());
    const parts = [...layers, config].map(descriptorOf);
    const blobs = parts.map(({ digest, size }) => ({ digest, size, file: fileOf(folder, digest) }));
    const bytes = blobs.reduce((sum, { size }) => sum + size, manifest.length);
    return { digest: head.digest, mediaType: head.mediaType, manifest, blobs, bytes };
  } catch (cause) {
    const message = `没有可用的镜像目录 (no image that can be read): ${folder}`;
    throw new ChatOpsError(message, { code: "images.no_layout", cause });
  }
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${hash("sha256", bytes, "hex")}`;
}

function descriptorOf(value: unknown): Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Partial<Descriptor>;
  if (typeof mediaType !== "string" || !Number.isInteger(size) || !/^sha256:[0-9a-f]{64}$/.test(digest ?? ""))
    throw new TypeError("a descriptor is damaged");
  return { mediaType, digest: digest ?? "", size: size ?? 0 };
}

function fileOf(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}
