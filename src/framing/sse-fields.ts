/** The fields of one server-sent event that we read; `id` and `retry` stay in the bytes. */
export interface SseFields {
  /** The last `event` field, `""` when there is none. */
  readonly event: string;
  /** The `data` lines joined with LF, `""` when there are none. */
  readonly data: string;
  readonly hasData: boolean;
}

/**
 * Reads the lines of one event. One space after the colon is eaten; comment lines and unknown fields are ignored.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.6.
 */
export function parseFields(text: string): SseFields {
  let event = "";
  let data = "";
  let hasData = false;
  let start = 0;
  let nextCr = text.indexOf("\r");
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const next = found < 0 ? text.length : found + 1;
    let end = found < 0 ? text.length : found;
    if (nextCr >= 0 && nextCr < end) {
      // A CR that ends no line together with an LF is rare: then all line ends are made LF first.
      if (nextCr !== end - 1 || found < 0) return parseFields(text.replaceAll(/\r\n?/g, "\n"));
      end = nextCr;
      nextCr = text.indexOf("\r", next);
    }
    const colon = nameEnd(text, start, end);
    if (colon - start === 4 && text.startsWith("data", start)) {
      const value = valueOf(text, colon, end);
      data = hasData ? `${data}\n${value}` : value;
      hasData = true;
    } else if (colon - start === 5 && text.startsWith("event", start)) {
      event = valueOf(text, colon, end);
    }
    start = next;
  }
  return { event, data, hasData };
}

/** Where the name of a field that may be one of ours ends: at its colon, or at the end of a line without one. */
function nameEnd(text: string, start: number, end: number): number {
  for (let at = start; at < end && at <= start + 5; at += 1) if (text.charCodeAt(at) === 0x3a) return at;
  return Math.min(end, start + 6);
}

/** The value of a field whose name ends at `colon`; a field without a colon has an empty value. */
function valueOf(text: string, colon: number, end: number): string {
  if (colon >= end) return "";
  return text.slice(text.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1, end);
}
