import type { Warning } from "../exchange/warning.ts";
import type { UpstreamHead } from "../ports/transport.ts";

const warningBytesMax = 4096;
const passedPrefixes = ["x-ratelimit-", "anthropic-", "openai-"] as const;
const passedNames: ReadonlySet<string> = new Set([
  "content-type",
  "cache-control",
  "retry-after",
  "retry-after-ms",
  "request-id",
  "x-request-id",
  "x-should-retry",
]);

/** The upstream's headers that a client of the same provider would rely on. Everything else stays on our side. */
export function passedHeaders(head: UpstreamHead): string[] {
  const out: string[] = [];
  for (const [name, value] of head.headers) {
    if (passedNames.has(name) || passedPrefixes.some((prefix) => name.startsWith(prefix)))
      out.push(name, value);
  }
  return out;
}

/**
 * Warnings as a structured-field list: `dropped;param="top_k", clamped;param="temperature"`; at most 4 KiB, then `more;count=n`.
 * Source: RFC 9651, section 3.1.
 */
export function warningsField(warnings: readonly Warning[]): string {
  const items: string[] = [];
  let size = 0;
  for (const [index, warning] of warnings.entries()) {
    const item = `${warning.kind};param="${printable(warning.subject)}"${warning.note === undefined ? "" : `;note="${printable(warning.note)}"`}`;
    size += item.length + 2;
    if (size > warningBytesMax) {
      items.push(`more;count=${warnings.length - index}`);
      break;
    }
    items.push(item);
  }
  return items.join(", ");
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&");
