import type { InstalledPackage } from "../../core/releases/index.ts";

/**
 * Runs in the builder over what was installed: `sh -c FINISH whale TREE… -- PACK…`. Makes it the same however and
 * whenever it was made, and tells which trees there are and which packages are in them.
 *
 * What differs between two installs is when files were made (the image's own time is set later), the umask, and
 * compiled Python: it holds times of its sources. It is thrown away and made anew in one order with a fixed seed, valid
 * by its source's hash; without it every run of an action would compile its imports again, as nobody may write there.
 */
export const FINISH = `
set -e
umask 022
trees=
while [ "$1" != -- ]; do trees="$trees $1"; shift; done
shift
for pack; do
  folders=
  for tree in $trees; do
    [ -d "$tree/$pack" ] && folders="$folders $tree/$pack"
  done
  [ -n "$folders" ] || { echo "missing $pack"; continue; }
  find $folders -name __pycache__ -prune -exec rm -rf {} +
  find $folders -type f -name '*.py[co]' -exec rm -f {} +
  for folder in $folders; do
    if [ -x "$folder/bin/python" ]; then
      PYTHONHASHSEED=0 "$folder/bin/python" -m compileall -qq --invalidation-mode checked-hash $folders >/dev/null 2>&1 || :
    fi
  done
  chmod -R u=rwX,go=rX $folders
  for folder in $folders; do
    echo "tree $pack $folder"
    for found in "$folder"/lib/python*/site-packages/*.dist-info "$folder"/lib/python*/site-packages/*.egg-info; do
      [ -e "$found" ] && echo "package $pack \${found##*/}"
    done
  done
done
:
`;

/** What `FINISH` found. */
export interface Finished {
  /** Folders to be brought into the image. */
  folders: string[];
  installed: InstalledPackage[];
  /** Packs of which the install left nothing. */
  missing: string[];
}

/** Reads what `FINISH` told. */
export function readFinished(lines: readonly string[]): Finished {
  const finished: Finished = { folders: [], installed: [], missing: [] };
  for (const line of lines) {
    const [word, pack = "", rest = ""] = line.split(" ");
    if (word === "missing") finished.missing.push(pack);
    if (word === "tree") finished.folders.push(rest);
    const found = word === "package" ? packageOf(rest) : null;
    if (found) finished.installed.push({ pack, ...found });
  }
  return finished;
}

/** Name and version in the name of a package's metadata: `name-1.2.dist-info`, `name-1.2-py3.8.egg-info`. */
function packageOf(folder: string): { name: string; version: string } | null {
  const [, name, version] = /^([^-]+)-([^-]+?)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(folder) ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}
