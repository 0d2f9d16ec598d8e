/** The members and indices that a JSON Pointer names, the outermost first; `undefined`: it is none. Source: RFC 6901. */
export function readPointer(text: string): readonly string[] | undefined {
  if (text === "") return [];
  if (!text.startsWith("/") || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** An index of an array as a pointer writes it: no sign, no leading zero. */
export function readIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : undefined;
}
