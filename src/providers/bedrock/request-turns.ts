import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { type Block, type RequestNotes, refuse } from "./request-notes.ts";
import { encodePart, type MessageRole } from "./request-parts.ts";

/** A message; turns of one role that follow each other become one. */
export interface Message {
  readonly role: MessageRole;
  readonly content: readonly Block[];
}

/** A message while it is put together. */
interface Draft {
  readonly role: MessageRole;
  /** Of the user: results of tools, which must come first. */
  readonly results: Block[];
  readonly blocks: Block[];
  /** Of the assistant: calls of tools, which must come last. */
  readonly calls: Block[];
}

/** Writes system text, wherever in the conversation it stood: this dialect has it before the first message. */
export function encodeSystem(call: Call, notes: RequestNotes): readonly Block[] {
  const blocks = call.instructions.flatMap((part) => encodeSystemPart(part, notes));
  let isLater = false;
  for (const turn of call.turns) {
    if (!isSystem(turn)) {
      isLater = true;
      continue;
    }
    const note = "it stands before the conversation now";
    if (isLater) notes.note({ kind: "changed", subject: `${turn.role} message`, note });
    blocks.push(...turn.parts.flatMap((part) => encodeSystemPart(part, notes)));
  }
  return blocks;
}

function encodeSystemPart(part: Part, notes: RequestNotes): readonly Block[] {
  if (part.kind === "text" || (part.kind === "opaque" && part.origin === "bedrock-converse"))
    return encodePart(part, "user", notes);
  return refuse("unsupported_content", "system", `System text cannot carry a ${part.kind}.`);
}

/**
 * Writes the conversation. Each message depends only on the turns it is made of, so that a longer conversation begins
 * with the bytes of the shorter one.
 */
export function encodeMessages(turns: readonly Turn[], notes: RequestNotes): readonly Message[] {
  const drafts: Draft[] = [];
  for (const turn of turns) {
    const { role } = turn;
    if (role !== "user" && role !== "assistant") continue;
    if (turn.name !== undefined) notes.drop("name");
    const encoded = turn.parts.flatMap((part) => {
      const blocks = encodePart(part, role, notes);
      return blocks.length === 0 ? [] : [{ kind: part.kind, blocks }];
    });
    if (encoded.length === 0) {
      notes.drop(`${role} message`, "it has no content");
      continue;
    }
    const draft = draftFor(role, drafts);
    for (const { kind, blocks } of encoded) placeFor(kind, draft).push(...blocks);
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

function placeFor(kind: Part["kind"], draft: Draft): Block[] {
  if (kind === "tool-result") return draft.results;
  return kind === "tool-call" ? draft.calls : draft.blocks;
}
