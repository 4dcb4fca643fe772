import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A path below `fixtures`, from the sources as from what `npm run build` has made of them. */
export function fixture(...parts: string[]): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "fixtures", "home"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error("the folder fixtures/home is missing beside the program");
    folder = above;
  }
  return join(folder, "fixtures", ...parts);
}
