/** What an HTTP/2 client begins a connection with. Source: RFC 9113, section 3.4. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Which protocol a connection that begins like this speaks; `undecided`: the bytes may still become the preface. */
export function whichProtocol(start: Uint8Array): "http1" | "http2" | "undecided" {
  const length = Math.min(start.byteLength, preface.byteLength);
  for (let at = 0; at < length; at++) if (start[at] !== preface[at]) return "http1";
  return length === preface.byteLength ? "http2" : "undecided";
}
