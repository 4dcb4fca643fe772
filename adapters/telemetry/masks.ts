const MASK = "***";

// Compared without case and punctuation: `St2-Api-Key`, `api_key` and `apiKey` are one.
const SECRET_KEY =
  /(?:token|secret|password|passwd|apikey|aeskey|privatekey|authorization|credentials?|cookie|ticket)$/;
const SECRET_PARAMETER =
  /([?&](?:[a-z0-9_-]*(?:token|secret|password|ticket|api[_-]?key)|key|sig|signature|msg_signature)=)[^&\s"'<>]+/gi;
// What is cut ends with `…`: its `@` is gone, and an authorization may be shorter than any is.
const LOGIN_IN_ADDRESS = /(\/\/[^/\s:@]*:)[^/\s@…]+(?=@|…)/g;
const AUTHORIZATION = /\b(Bearer|Basic)\s+(?:[\w.~+/=-]{6,}|[\w.~+/=-]+(?=…))/gi;

/** Whether a field of this name holds a secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
}

/** What stands in a log in place of a secret. */
export function mask(): string {
  return MASK;
}

/** Masks what looks like a secret within a text: query parameters, logins in addresses, authorization. */
export function maskText(text: string): string {
  return text
    .replaceAll(SECRET_PARAMETER, `$1${MASK}`)
    .replaceAll(LOGIN_IN_ADDRESS, `$1${MASK}`)
    .replaceAll(AUTHORIZATION, `$1 ${MASK}`);
}
