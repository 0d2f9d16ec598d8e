import type { StreamPart } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { joinSeen, nothingSeen, type Seen, seenInItem } from "./finish.ts";
import { type OutputItem, textIn } from "./items.ts";
import { type ItemReader, openItem } from "./stream-items.ts";

/** Puts the items of a streamed output together. */
export interface OutputReader {
  /** The parts of an event that belongs to the output; none for any other. */
  readonly read: (event: JsonObject, raw: JsonSlice) => readonly StreamPart[];
  /** What the whole `output` has and no event told, and the ends of all items that are open. */
  readonly finish: (output: Json | undefined, raw: JsonSlice | undefined) => readonly StreamPart[];
  readonly seen: () => Seen;
}

interface Slot {
  /** The item's id and the id of its call; servers may change the former with every event. */
  readonly ids: readonly string[];
  readonly index: number | undefined;
  readonly reader: ItemReader;
  isOver: boolean;
}

/** Parts are numbered in the order in which they begin; `answerId` is known when the first item comes. */
export function createOutputReader(answerId: () => string): OutputReader {
  const slots: Slot[] = [];
  let parts = 0;
  let seen = nothingSeen;

  const open = (opened: OutputItem, index: number | undefined): readonly StreamPart[] => {
    const place = `${answerId()}:${slots.length}`;
    const { reader, begun } = openItem(opened, { nextPart: () => parts++, place });
    slots.push({ ids: idsOf(opened.item), index, reader, isOver: false });
    return begun;
  };
  const close = (slot: Slot, done: OutputItem | undefined): readonly StreamPart[] => {
    if (slot.isOver) return [];
    slot.isOver = true;
    return slot.reader.end(done);
  };
  /** Opens and ends an item that nothing was told of before. */
  const whole = (done: OutputItem, index: number | undefined): readonly StreamPart[] => {
    const begun = open(done, index);
    const slot = slots.at(-1);
    return slot === undefined ? begun : [...begun, ...close(slot, done)];
  };
  /** By id, else by place: some servers change the ids, others give every item the same place. */
  const slotOf = (ids: readonly string[], index: number | undefined): Slot | undefined =>
    slots.findLast((slot) => areSame(slot.ids, ids)) ??
    slots.findLast((slot) => !slot.isOver && (index === undefined || slot.index === index));

  const added = (opened: OutputItem, index: number | undefined): readonly StreamPart[] => {
    seen = joinSeen(seen, seenInItem(opened.item));
    const ids = idsOf(opened.item);
    const isKnown = slots.some((slot) => !slot.isOver && slot.index === index && areSame(slot.ids, ids));
    return isKnown ? [] : open(opened, index);
  };
  const done = (finished: OutputItem, index: number | undefined): readonly StreamPart[] => {
    seen = joinSeen(seen, seenInItem(finished.item));
    const slot = slotOf(idsOf(finished.item), index);
    return slot === undefined ? whole(finished, index) : close(slot, finished);
  };

  return {
    read(event, raw) {
      const { item, type } = event;
      const index = typeof event["output_index"] === "number" ? event["output_index"] : undefined;
      if (type === "response.output_item.added" || type === "response.output_item.done") {
        if (!isJsonObject(item)) return [];
        const told: OutputItem = { item, raw: () => raw.member("item") };
        return type === "response.output_item.added" ? added(told, index) : done(told, index);
      }
      if (type === "response.refusal.delta" || type === "response.refusal.done")
        seen = { ...seen, refusal: true };
      const id = textIn(event["item_id"]);
      if (id === "" && index === undefined) return [];
      const slot = slotOf([id], index);
      return slot === undefined || slot.isOver ? [] : slot.reader.read(event);
    },
    finish(output, raw) {
      const items = listOf(output, raw);
      const rest = items.filter(({ item }) => {
        seen = joinSeen(seen, seenInItem(item));
        const ids = idsOf(item);
        return !slots.some((slot) => areSame(slot.ids, ids));
      });
      const told = items.filter((item) => !rest.includes(item));
      const ends = slots.flatMap((slot) =>
        close(
          slot,
          told.find(({ item }) => areSame(slot.ids, idsOf(item))),
        ),
      );
      // Where there are no more items than were told, the rest are those under other ids.
      const unseen = items.length > slots.length ? rest : [];
      return [...ends, ...unseen.flatMap((item) => whole(item, undefined))];
    },
    seen: () => seen,
  };
}

function listOf(output: Json | undefined, raw: JsonSlice | undefined): readonly OutputItem[] {
  const items: readonly Json[] = Array.isArray(output) ? output : [];
  return items.flatMap((item, index) =>
    isJsonObject(item) ? [{ item, raw: () => raw?.element(index) }] : [],
  );
}

function idsOf(item: JsonObject): readonly string[] {
  // A program's output names its call, and is not that call.
  const isCall = item["type"] === "function_call" || item["type"] === "custom_tool_call";
  return [textIn(item["id"]), isCall ? textIn(item["call_id"]) : ""].filter((id) => id !== "");
}

function areSame(left: readonly string[], right: readonly string[]): boolean {
  return left.some((id) => right.includes(id));
}
