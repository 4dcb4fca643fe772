import type { PackTree } from "../../../core/ports/index.ts";
import type { FetchedRepo, PackContent, PackItem } from "../../../core/releases/index.ts";

/** A repository's files in memory; those whose text begins with `#!` may be run. */
export function aTree(files: Readonly<Record<string, string>>, repo = "repo"): PackTree {
  return {
    repo,
    files: Object.keys(files).sort(),
    isExecutable: (path) => files[path]?.startsWith("#!") ?? false,
    size: (path) => Buffer.byteLength(files[path] ?? ""),
    read: (path) => {
      const text = files[path];
      if (text === undefined) throw new TypeError(`no file ${path}`);
      return text;
    },
  };
}

/** An action that is sound but for what is given. */
export function anAction(overrides: Partial<PackItem> = {}): PackItem {
  return {
    ...{ kind: "action", ref: "disk.show", file: "actions/show.yaml", runner: "local-shell-script" },
    ...{ parameters: {}, enabled: true, entryPoint: "actions/show.sh", description: "", ...overrides },
  };
}

/** A pack that is sound but for what is given. */
export function aPack(overrides: Partial<PackContent> = {}): PackContent {
  return {
    ...{ ref: "disk", path: ".", version: "1.0.0", description: "", dependencies: [], requirements: [] },
    ...{ pythonVersions: ["3"], engineVersions: "", items: [anAction()], ...overrides },
  };
}

export const FILES = {
  "pack.yaml": "ref: disk\n",
  "actions/show.yaml": "",
  "actions/show.sh": "#!/bin/sh\n",
};

/** A repository of one pack. */
export function aRepo(
  pack: Partial<PackContent> = {},
  files: Readonly<Record<string, string>> = FILES,
): FetchedRepo {
  return { name: "repo", tree: aTree(files), packs: [aPack(pack)] };
}
