import { type Finding, findingsAbout } from "./finding.ts";

/** Whether a program can be run: what it says of its version, null when there is none. */
export type VersionOf = (program: string) => Promise<string | null>;

/** Whether the programs are there that pack sets are fetched and built with; without pack sets nothing needs them. */
export async function lookAtPrograms(
  sets: number,
  programs: Readonly<Record<"git" | "buildah", string>>,
  versionOf: VersionOf,
): Promise<Finding[]> {
  if (sets === 0) return [];
  const found = Object.entries(programs).map(async ([name, program]) => {
    const { holds, reduced } = findingsAbout(`program ${name}`);
    const version = await versionOf(program);
    if (version !== null) return holds("program_found", version);
    const message = `没有 ${program}，共享 Pack 不能构建 (is missing: pack sets cannot be built)`;
    return reduced("program_missing", message, `apt-get install ${name}`);
  });
  return Promise.all(found);
}
