import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import { encodeCall, isSealed, type KnownCall, skipped } from "./request-calls.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";
import { encodePart } from "./request-parts.ts";
import { encodeResults, type ToolResult } from "./request-results.ts";

/** A content while it is put together: turns of one role that follow each other become one. */
type Draft = UserDraft | ModelDraft;

interface UserDraft {
  readonly role: "user";
  readonly results: ToolResult[];
  readonly parts: Printable[];
}

interface ModelDraft {
  readonly role: "model";
  readonly calls: KnownCall[];
  readonly parts: Printable[];
}

/**
 * Writes system text, wherever in the conversation it stood: this dialect has it apart. `undefined` when there is none,
 * or the model takes none.
 */
export function encodeSystem(call: Call, notes: RequestNotes): Printable | undefined {
  const parts = systemParts(call, notes);
  return parts.length === 0 || !notes.abilities.takesSystem ? undefined : { parts };
}

function systemParts(call: Call, notes: RequestNotes): readonly Printable[] {
  const parts = call.instructions.flatMap((part) => systemPart(part, notes));
  let isLater = false;
  for (const turn of call.turns) {
    if (!isSystem(turn)) {
      isLater = true;
      continue;
    }
    const note = "it stands before the conversation now";
    if (isLater) notes.warn({ kind: "changed", subject: `${turn.role} message`, note });
    parts.push(...turn.parts.flatMap((part) => systemPart(part, notes)));
  }
  return parts;
}

function systemPart(part: Part, notes: RequestNotes): readonly Printable[] {
  if (part.cache !== undefined) notes.warn({ kind: "dropped", subject: "cache_control" });
  if (part.kind === "text") return part.text.trim() === "" ? [] : [{ text: part.text }];
  if (part.kind === "opaque" && part.origin === "gemini-generate") return [part.raw];
  return refuse("unsupported_content", "system", `A system message cannot carry a ${part.kind}.`);
}

/**
 * Writes the conversation. Each content depends only on the turns it is made of and the one before, so that a longer
 * conversation begins with the bytes of the shorter one.
 */
export function encodeContents(call: Call, notes: RequestNotes): readonly Printable[] {
  const drafts = draftsOf(call, notes);
  return drafts.map((draft, index): Printable => {
    if (draft.role === "model") return { role: "model", parts: draft.parts };
    const before = drafts[index - 1];
    const calls = before?.role === "model" ? before.calls : [];
    const { responses, shown } = encodeResults(draft.results, calls, notes);
    return { role: "user", parts: [...responses, ...shown, ...draft.parts] };
  });
}

function draftsOf(call: Call, notes: RequestNotes): readonly Draft[] {
  const drafts: Draft[] = [];
  if (!notes.abilities.takesSystem) {
    const head = systemParts(call, notes);
    const note = "it heads the first user message";
    if (head.length > 0) {
      notes.warn({ kind: "changed", subject: "system", note });
      drafts.push({ role: "user", results: [], parts: [...head] });
    }
  }
  for (const turn of call.turns) {
    if (isSystem(turn)) continue;
    if (turn.name !== undefined) notes.warn({ kind: "dropped", subject: "name" });
    if (turn.role === "assistant") addModelTurn(turn, drafts, notes);
    else addUserTurn(turn, drafts, notes);
  }
  return drafts;
}

export function isSystem({ role }: Turn): boolean {
  return role === "system" || role === "developer";
}

function addUserTurn(turn: Turn, drafts: Draft[], notes: RequestNotes): void {
  const results = turn.parts.filter((part) => part.kind === "tool-result");
  const parts = turn.parts.flatMap((part) => (part.kind === "tool-result" ? [] : encodePart(part, notes)));
  if (results.length + parts.length === 0) {
    notes.warn({ kind: "dropped", subject: "user message", note: "it has no content" });
    return;
  }
  const last = drafts.at(-1);
  const draft: UserDraft = last?.role === "user" ? last : { role: "user", results: [], parts: [] };
  if (last !== draft) drafts.push(draft);
  draft.results.push(...results);
  draft.parts.push(...parts);
}

function addModelTurn(turn: Turn, drafts: Draft[], notes: RequestNotes): void {
  const last = drafts.at(-1);
  const draft: ModelDraft = last?.role === "model" ? last : { role: "model", calls: [], parts: [] };
  const before = draft.parts.length;
  for (const part of turn.parts) {
    if (part.kind !== "tool-call") {
      draft.parts.push(...encodePart(part, notes));
      continue;
    }
    // Of the calls of one turn only the first has to bring a signature.
    const lacksSeal = notes.abilities.isFrom3 && draft.calls.length === 0 && !isSealed(part);
    draft.parts.push(encodeCall(part, lacksSeal ? skipped(notes) : undefined, notes));
    draft.calls.push({ id: part.id, name: part.name });
  }
  if (draft.parts.length === before) {
    notes.warn({ kind: "dropped", subject: "assistant message", note: "it has no content" });
    return;
  }
  if (last !== draft) drafts.push(draft);
}
