import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ImageOrder } from "../../core/ports/index.ts";
import type { PackFiles } from "../contract/image-builder.ts";

/** Writes packs into a new folder below this one, and names it. */
export function writePacks(folder: string, packs: PackFiles): { packs: string; order: string[] } {
  const into = mkdtempSync(join(folder, "packs-"));
  for (const [pack, files] of Object.entries(packs)) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(into, pack, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
    }
  }
  return { packs: into, order: Object.keys(packs) };
}

/** An order of these packs. */
export function anImageOrder(
  packs: Pick<ImageOrder, "packs" | "order">,
  more: Partial<ImageOrder> = {},
): ImageOrder {
  return {
    ...packs,
    strategy: "packs-image",
    base: { builder: "registry.example/builder:1", runtime: "registry.example/runtime:1" },
    image: "registry.example/ops/packs",
    tag: "tag1",
    labels: { "org.opencontainers.image.title": "ops", "whale.pack.disk": "1.0.0" },
    bill: (installed) => JSON.stringify(installed),
    ...more,
  };
}
