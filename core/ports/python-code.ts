/** A place in a file that Python does not understand. */
export interface PythonFault {
  file: string;
  line: number;
  message: string;
}

export type SyntaxOutcome =
  | { outcome: "checked"; faults: readonly PythonFault[] }
  /** There is no Python here, or it gave up: nothing is known. */
  | { outcome: "unknown"; message: string };

export type RequirementsOutcome =
  | { outcome: "resolvable" }
  /** It would fail again: versions that are not there, or that exclude each other. */
  | { outcome: "unresolvable"; message: string }
  | { outcome: "unknown"; message: string };

/** Python code as it is written. None of it is run. */
export interface PythonCode {
  /** What of these files is no Python. Never throws. */
  syntax(files: readonly { file: string; text: string }[], signal: AbortSignal): Promise<SyntaxOutcome>;
  /** Whether a pack's requirements can be met; nothing is installed. Never throws. */
  requirements(lines: readonly string[], signal: AbortSignal): Promise<RequirementsOutcome>;
}
