import { RawJson } from "../kernel/json.ts";

/**
 * Prints what the control interface gives as JSON: as `JSON.stringify`, except that raw JSON is written as it stands.
 * `undefined` members are left out.
 */
export function printAnswer(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(printAnswer).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${printAnswer(member)}`).join(",")}}`;
}
