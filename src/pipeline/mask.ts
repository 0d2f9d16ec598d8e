const asterisk = 0x2a;
const shortest = 8;

/**
 * The body with every run of 8 or more consecutive characters of `credential` masked by `*` of equal length, so that
 * a provider that quotes the key does not tell it. Returns the same bytes when there is nothing to mask.
 */
export function maskCredential(body: Uint8Array, credential: string | undefined): Uint8Array {
  let masked: Uint8Array | undefined;
  for (const at of placesOf(credential, () => latin1(body))) {
    masked ??= new Uint8Array(body);
    masked.fill(asterisk, at, at + shortest);
  }
  return masked ?? body;
}

/** The same for text that was read from an answer. */
export function maskText(text: string, credential: string | undefined): string {
  let masked = text;
  for (const at of placesOf(credential, () => text))
    masked = masked.slice(0, at) + "*".repeat(shortest) + masked.slice(at + shortest);
  return masked;
}

/** Where 8 characters of the credential stand in a text; runs that overlap are told one by one. */
function* placesOf(credential: string | undefined, textOf: () => string): Generator<number> {
  if (credential === undefined || credential.length < shortest) return;
  const text = textOf();
  for (let start = 0; start + shortest <= credential.length; start += 1) {
    const piece = credential.slice(start, start + shortest);
    for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) yield at;
  }
}

/** Each byte as one character, so that offsets in the text are offsets in the bytes. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
