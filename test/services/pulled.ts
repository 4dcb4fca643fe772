import { lstatSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildah } from "./registry.ts";

/** Brings an image onto the disk, by a storage of its own below a folder; gives the image's root. */
export async function pulled(reference: string, folder: string): Promise<string> {
  const store = mkdtempSync(join(folder, "pulled-"));
  const container = await buildah(store, "from", "--quiet", "--tls-verify=false", reference);
  return buildah(store, "mount", container);
}

/** Files below a folder with what of them counts: their text, where they lead, whether they may be run. */
export function treeOf(root: string): string[] {
  return (readdirSync(root, { recursive: true }) as string[]).sort().flatMap((path) => {
    const file = join(root, path);
    const { mode } = statSync(file);
    if (lstatSync(file).isDirectory()) return [];
    return [`${path} ${(mode & 0o111) > 0} ${readFileSync(file, "base64")}`];
  });
}
