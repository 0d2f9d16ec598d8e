/**
 * One server-sent event as text: an `event:` line if it is named, one `data:` line, a blank line, all ended by LF.
 * `data` is JSON text or a word without line breaks. Line breaks between JSON tokens become spaces: inside strings
 * JSON has none.
 */
export function writeEvent(data: string, event?: string): string {
  const line = data.includes("\n") || data.includes("\r") ? data.replaceAll(/[\r\n]/g, " ") : data;
  return event === undefined ? `data: ${line}\n\n` : `event: ${event}\ndata: ${line}\n\n`;
}

/** A comment of one line, which clients skip. */
export function writeComment(text: string): string {
  return `: ${text.replaceAll(/[\r\n]+/g, " ")}\n\n`;
}
