import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";

/** JSON on one line with a space behind each colon and none behind commas, as Google writes events. */
export function printLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printLine).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${printLine(member)}`,
  );
  return `{${members.join(",")}}`;
}

/** JSON with indentation, as Google writes whole answers and the elements of arrays. */
export const printWide = (value: JsonObject): string => JSON.stringify(value, null, 2);

/** One event; Google ends its lines with CRLF. */
export const printEvent = (value: JsonObject): string => `data: ${printLine(value)}\r\n\r\n`;
