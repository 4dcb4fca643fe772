import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";

/** A disk of its own, which can be full. */
export interface Disk {
  /** Leaves no room for anything more. */
  fill(): void;
  free(): void;
  remove(): void;
}

const ROOM = "1g";

/** A disk in memory at a folder; null where this user may not mount one. */
export function mountDisk(folder: string): Disk | null {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${ROOM}`, "whale-chaos", folder]);
  if (mounted.status !== 0) return null;
  const resize = (size: string | number) =>
    void execFileSync("mount", ["-o", `remount,size=${size}`, folder], { stdio: "ignore" });
  return {
    fill: () => {
      const { blocks, bfree, bsize } = statfsSync(folder);
      resize(Math.max(1, blocks - bfree) * bsize);
    },
    free: () => resize(ROOM),
    remove: () => void spawnSync("umount", ["-l", folder]),
  };
}
