import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { errorText } from "../../core/errors.ts";

type Given = (name: string) => string;
type Fault = (name: string, value: string, message: string) => void;

/** The longest file that a variable names: certificates of a company's authorities, not a disk. */
const MAX_FILE_BYTES = 1_048_576;

/** The value of a variable, or the content of the file that `<name>_FILE` names; empty when neither is set. */
export function readSecret(name: string, given: Given, fault: Fault): string {
  const fileName = `${name}_FILE`;
  const value = given(name);
  const path = given(fileName);
  if (value && path)
    fault(fileName, path, `${name} 也设置了，只能二选一 (${name} is set too: give one of them)`);
  if (!path) return value;
  return fileText(fileName, path, fault).replace(/\r?\n$/, "");
}

/** The text of a file that a variable names; empty, and a fault, when there is none that can be used. */
export function fileText(name: string, path: string, fault: Fault): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_FILE_BYTES || !isUtf8(bytes)) {
      fault(name, path, "不是文本文件，或超过 1 MB (not a file of text, or larger than 1 MB)");
      return "";
    }
    const text = bytes.toString();
    if (text.trim() === "") fault(name, path, "文件是空的 (the file is empty)");
    return text;
  } catch (error) {
    fault(name, path, `读不了这个文件 (this file cannot be read): ${errorText(error)}`);
    return "";
  }
}
