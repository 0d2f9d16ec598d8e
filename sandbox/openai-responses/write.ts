import { isJsonObject, type JsonObject } from "../../src/kernel/json.ts";
import type { Writing } from "../dialect.ts";
import { outputOf, printItem } from "./output.ts";
import { itemsOf } from "./read-input.ts";
import { isStoring, printResponse, printUsage, responseId, type Snapshot, statusOf } from "./response.ts";

/** A whole `response`, with the members, order and indentation of the OpenAI API. */
export function writeWhole(writing: Writing): string {
  const id = responseId(writing);
  const output = outputOf(writing).map(printItem);
  keep(writing, id, output);
  const usage = writing.usageFault === "none" ? null : printUsage(writing.answer.usage, writing.usageFault);
  return print(writing, { id, status: finalStatus(writing), output, usage, isWhole: true });
}

/** The status with which the answer ends. */
export const finalStatus = ({ answer }: Writing): Snapshot["status"] =>
  statusOf(answer.choices[0]?.finish ?? { kind: "stop" });

/** Stores the answer for `previous_response_id`, unless it is not to be stored. */
export function keep(writing: Writing, id: string, output: readonly JsonObject[]): void {
  const { body, stored } = writing;
  if (!isJsonObject(body) || !isStoring(body)) return;
  const usage = printUsage(writing.answer.usage, undefined);
  const text = print(writing, { id, status: finalStatus(writing), output, usage, isWhole: true });
  const items = [...itemsOf(body, { stored }), ...output];
  const previous = body["previous_response_id"];
  const earlier = typeof previous === "string" ? (stored.find(previous)?.bytes ?? 0) : 0;
  stored.keep({ id, text, items, bytes: earlier + text.length + JSON.stringify(body).length });
}

const print = (writing: Writing, snapshot: Snapshot): string =>
  `${JSON.stringify(printResponse(writing, snapshot), null, 2)}\n`;
