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
  const lines = text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
  let event = "";
  let data = "";
  let hasData = false;
  let start = 0;
  while (start < lines.length) {
    const found = lines.indexOf("\n", start);
    const end = found < 0 ? lines.length : found;
    if (isField(lines, "data", { start, end })) {
      const value = valueOf(lines, start + 4, end);
      data = hasData ? `${data}\n${value}` : value;
      hasData = true;
    } else if (isField(lines, "event", { start, end })) {
      event = valueOf(lines, start + 5, end);
    }
    start = end + 1;
  }
  return { event, data, hasData };
}

function isField(
  lines: string,
  name: string,
  line: { readonly start: number; readonly end: number },
): boolean {
  if (!lines.startsWith(name, line.start)) return false;
  const next = line.start + name.length;
  return next === line.end || lines.charCodeAt(next) === 0x3a;
}

/** The value of a field whose name ends at `colon`; a field without a colon has an empty value. */
function valueOf(lines: string, colon: number, end: number): string {
  if (colon >= end) return "";
  return lines.slice(lines.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1, end);
}
