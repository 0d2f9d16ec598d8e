import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { RequestNotes } from "./request-notes.ts";
import { encodePart, encodeParts, type RequestBlock } from "./request-parts.ts";

/** A message while it is put together: turns of one role that follow each other become one. */
interface Draft {
  readonly role: "user" | "assistant";
  /** Of the user: results of tools, which must come first. */
  readonly results: RequestBlock[];
  readonly blocks: RequestBlock[];
  /** Of the assistant: calls of tools, which must come last. */
  readonly calls: RequestBlock[];
}

/** Writes system text, wherever in the conversation it stood: this dialect has it before the first message. */
export function encodeSystem(call: Call, notes: RequestNotes): readonly RequestBlock[] {
  const blocks = [...encodeParts(call.instructions, "user", notes)];
  let isLater = false;
  for (const turn of call.turns) {
    if (!isSystem(turn)) {
      isLater = true;
      continue;
    }
    const note = "it stands before the conversation now";
    if (isLater) notes.warnings.push({ kind: "changed", subject: `${turn.role} message`, note });
    blocks.push(...encodeParts(turn.parts, "user", notes));
  }
  return blocks;
}

/**
 * Writes the conversation. Each message depends only on the turns it is made of, so that a longer conversation begins
 * with the bytes of the shorter one.
 */
export function encodeMessages(turns: readonly Turn[], notes: RequestNotes): readonly Printable[] {
  const drafts: Draft[] = [];
  for (const turn of turns) {
    const { role } = turn;
    if (role !== "user" && role !== "assistant") continue;
    if (turn.name !== undefined) notes.warnings.push({ kind: "dropped", subject: "name" });
    const encoded = turn.parts.flatMap((part) => {
      const block = encodePart(part, role, notes);
      return block === undefined ? [] : [{ kind: part.kind, block }];
    });
    if (encoded.length === 0) {
      notes.warnings.push({ kind: "dropped", subject: `${role} message`, note: "it has no content" });
      continue;
    }
    const draft = draftFor(role, drafts);
    for (const { kind, block } of encoded) placeFor(kind, draft).push(block);
  }
  return drafts.map(({ role, results, blocks, calls }) => ({
    role,
    content: [...results, ...blocks, ...calls],
  }));
}

export function isSystem({ role }: Turn): boolean {
  return role === "system" || role === "developer";
}

function draftFor(role: Draft["role"], drafts: Draft[]): Draft {
  const last = drafts.at(-1);
  if (last?.role === role) return last;
  const draft: Draft = { role, results: [], blocks: [], calls: [] };
  drafts.push(draft);
  return draft;
}

function placeFor(kind: Part["kind"], draft: Draft): RequestBlock[] {
  if (kind === "tool-result") return draft.results;
  return kind === "tool-call" ? draft.calls : draft.blocks;
}

/** How many cache marks a call has that would be written. */
export function countCacheMarks(call: Call): number {
  const inParts = (parts: readonly Part[]): number =>
    parts.reduce((sum, part) => {
      if (part.kind === "tool-result")
        return sum + (part.cache === undefined ? 0 : 1) + inParts(part.content);
      const isWritten = part.kind !== "reasoning" && !(part.kind === "text" && part.text.trim() === "");
      return sum + (part.cache !== undefined && isWritten ? 1 : 0);
    }, 0);
  const inTools = call.tools.filter((tool) => tool.kind !== "opaque" && tool.cache !== undefined).length;
  return (
    inTools + inParts(call.instructions) + call.turns.reduce((sum, { parts }) => sum + inParts(parts), 0)
  );
}
