import type { ImageRecipe } from "../../core/releases/index.ts";

const HOME = "/opt/stackstorm";
const STAGING = "/tmp/whale-packs";

/**
 * How StackStorm installs packs without a database: its own program takes a plain folder, checks that the pack fits
 * this version, and makes the pack's virtual environment; status 2 says that one of it failed (reference/stackstorm.md
 * section 13.3). Virtual environments hold their own path, so they stay where they were made.
 */
export const packRecipe: ImageRecipe = {
  version: "1",
  staging: STAGING,
  install: (pack) => ["st2-pack-install", `file://${STAGING}/${pack}`],
  env: { PATH: `${HOME}/st2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
  trees: [`${HOME}/packs`, `${HOME}/virtualenvs`],
};
