/** The `data` of server-sent events, in order; written apart from the gateway's own reader. */
export function sseData(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, "")
    .replaceAll(/\r\n?/g, "\n")
    .split(/\n\n+/)
    .map((event) =>
      event
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).replace(/^ /, ""))
        .join("\n"),
    )
    .filter((data) => data !== "" && data !== "[DONE]");
}

/** The messages of an AWS event stream as `{ name: data }`: lengths, headers, payload; checksums are not this reader's. */
export function awsEvents(bytes: Buffer): readonly string[] {
  const events: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = bytes.readUInt32BE(at);
    const headersEnd = at + 12 + bytes.readUInt32BE(at + 4);
    let name = "";
    let cursor = at + 12;
    while (cursor < headersEnd) {
      const nameEnd = cursor + 1 + bytes.readUInt8(cursor);
      const valueEnd = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1);
      if (bytes.toString("utf8", cursor + 1, nameEnd) === ":event-type")
        name = bytes.toString("utf8", nameEnd + 3, valueEnd);
      cursor = valueEnd;
    }
    events.push(`{${JSON.stringify(name)}:${bytes.toString("utf8", headersEnd, at + size - 4)}}`);
    at += size;
  }
  return events;
}
