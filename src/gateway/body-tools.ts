import type { Splice } from "../exchange/codec.ts";
import { scanObject, valueText } from "../framing/json-scan.ts";
import { spliceObject } from "../framing/json-splice.ts";
import { invariant } from "../kernel/invariant.ts";
import { isJsonObject, parseJson } from "../kernel/json.ts";

/** The members of a body that is about to be sent, by name, each as JSON text. */
export function membersOf(body: Uint8Array): ReadonlyMap<string, string> {
  const scan = scanObject(body);
  invariant(scan.kind === "object", "a body that is sent is an object");
  return new Map(scan.members.map((member) => [member.name, valueText(body, member)]));
}

/** Searched as bytes: nothing is decoded for it. */
export function holds(body: Uint8Array, texts: readonly string[]): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return texts.some((text) => bytes.includes(text, 0, "latin1"));
}

/** A body with some of its members set or removed; all other bytes stay as they are. */
export function spliceBody(body: Uint8Array, splices: readonly Splice[]): Uint8Array {
  const scan = scanObject(body);
  invariant(scan.kind === "object", "a body that was read is an object");
  return spliceObject(body, scan, splices);
}

/** The member by which a body asks for more than one answer; `undefined`: it does not. Of a member that is told twice either may count. */
export function severalIn(body: Uint8Array): string | undefined {
  const scan = scanObject(body);
  invariant(scan.kind === "object", "a body that was read is an object");
  for (const member of scan.members) {
    const { name } = member;
    if (name === "n" && Number(valueText(body, member)) > 1) return name;
    if (name !== "generationConfig" && name !== "generation_config") continue;
    const config = parseJson(valueText(body, member));
    const count = isJsonObject(config) ? (config["candidateCount"] ?? config["candidate_count"]) : undefined;
    if (Number(count) > 1) return `${name}.candidateCount`;
  }
  return undefined;
}
