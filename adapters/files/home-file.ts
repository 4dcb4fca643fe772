/** What a file declares; decides its schema and which of its fields are secret. */
export type FileKind =
  | "event-type"
  | "source"
  | "rule"
  | "policy"
  | "cluster"
  | "groups"
  | "roles"
  | "tokens";

/** One file of the home, as text. */
export interface FileText {
  /** Path below the home folder, with forward slashes. */
  file: string;
  kind: FileKind;
  text: string;
}

/** Keys from a file's root; list places are written as digits. */
export type Path = readonly string[];

/** The environment that `${NAME}` is read from. */
export type Environment = Readonly<Record<string, string | undefined>>;
