/**
 * The least id a request could have that began `ms` before the one of `id`. Ids begin with their time: 48 bits of
 * milliseconds since 1970 in hexadecimal. Source: RFC 9562, section 5.7 (UUID version 7).
 */
export function idBefore(id: string, ms: number): string {
  const at = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  const digits = Math.max(0, at - ms)
    .toString(16)
    .padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`;
}
