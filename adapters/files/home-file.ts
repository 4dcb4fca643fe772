/** What a file declares; decides its schema and which of its fields are secret. */
export type FileKind =
  | "event-type"
  | "source"
  | "rule"
  | "policy"
  | "cluster"
  | "window"
  | "roster"
  | "groups"
  | "throttles"
  | "routing"
  | "roles"
  | "tokens"
  | "languages"
  | "runs"
  | "pack-set";

/** One file of the home, as text. */
export interface FileText {
  /** Path below the home folder, with forward slashes. */
  file: string;
  kind: FileKind;
  text: string;
}

/** One file of a loaded home. */
export interface HomeFile {
  file: string;
  kind: FileKind;
  /** The name that it declares; empty for groups. */
  name: string;
  /** As it stands in the file, `${NAME}` and comments included. May hold secrets, as its kind may. */
  text: string;
}

/** Keys from a file's root; list places are written as digits. */
export type Path = readonly string[];

/** The environment that `${NAME}` is read from. */
export type Environment = Readonly<Record<string, string | undefined>>;
