const asterisk = 0x2a;
const shortest = 8;

/**
 * The body with every run of 8 or more consecutive characters of `credential` masked by `*` of equal length, so that
 * a provider that quotes the key does not tell it. Returns the same bytes when there is nothing to mask.
 */
export function maskCredential(body: Uint8Array, credential: string | undefined): Uint8Array {
  if (credential === undefined || credential.length < shortest) return body;
  const text = latin1(body);
  const masked = new Uint8Array(body);
  let hasFound = false;
  for (let start = 0; start + shortest <= credential.length; start += 1) {
    const piece = credential.slice(start, start + shortest);
    for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
      masked.fill(asterisk, at, at + shortest);
      hasFound = true;
    }
  }
  return hasFound ? masked : body;
}

/** Each byte as one character, so that offsets in the text are offsets in the bytes. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
