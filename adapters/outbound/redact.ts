const MASK = "***";

/**
 * Makes a function that replaces every secret in a text by `***`, also where it stands percent-encoded or
 * inside JSON. Empty secrets are ignored.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.filter((secret) => secret !== "").flatMap(formsOf));
  // Longest first: where one secret holds another, replacing the short one would leave the rest readable.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((out, form) => out.replaceAll(form, MASK), text);
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  return [secret, encoded, encoded.replaceAll("%20", "+"), encodeURI(secret.toWellFormed()), inJson(secret)];
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}
