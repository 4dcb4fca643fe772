/** Chinese with its English behind it in parentheses, as records keep what both are to be told of. */
const BOTH =
  /([:：,，;；]?\s*)([^():：,，;；]*\p{Script=Han}[^()]*?) \(([^()\p{Script=Han}]*[a-z]{2}[^()\p{Script=Han}]*)\)/gu;

/**
 * A text that Whale has written in both languages, such as `超时 (it took too long): ErrImagePull`, in each of them. What
 * stands there in one language alone stays; so does all of a text that people have written, which is none for this.
 */
export function eachLanguage(text: string): { zh: string; en: string } {
  return { zh: text.replace(BOTH, "$1$2"), en: text.replace(BOTH, "$1$3") };
}
