import type { Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { SealPlace } from "./envelopes.ts";
import type { Notes } from "./notes.ts";

/** Puts the items of an input together to turns, in order. */
export interface Conversation {
  /** A message of anyone but the assistant: a turn of its own. */
  readonly message: (role: "user" | "system" | "developer", parts: readonly Part[]) => void;
  /** What the assistant said or did: items that follow each other are one turn. */
  readonly assistant: (parts: readonly Part[]) => void;
  /** What tools gave back: results that follow each other are one turn of the user. */
  readonly result: (part: Part) => void;
  /** A seal of another provider for a text or a call beside it. */
  readonly seal: (placed: PlacedSeal) => void;
  /** All turns. */
  readonly end: () => readonly Turn[];
}

interface Draft {
  readonly role: Turn["role"];
  readonly parts: Part[];
  /** Items of the same side that follow go into it. */
  readonly isRun: boolean;
}

/** A seal that came out of an envelope. */
export interface PlacedSeal {
  readonly seal: Seal;
  readonly place: Exclude<SealPlace, "reasoning">;
  /** Where it stood in the client's body. */
  readonly path: string;
}

export function createConversation(notes: Notes): Conversation {
  const drafts: Draft[] = [];
  let waiting: PlacedSeal | undefined;

  const run = (role: "assistant" | "user"): Part[] => {
    const last = drafts.at(-1);
    if (last?.isRun === true && last.role === role) return last.parts;
    const parts: Part[] = [];
    drafts.push({ role, parts, isRun: true });
    return parts;
  };
  const giveUp = (): void => {
    if (waiting === undefined) return;
    const note = "the part it belongs to does not follow";
    notes.warnings.push({ kind: "dropped", subject: `${waiting.path}.encrypted_content`, note });
    waiting = undefined;
  };
  const sealed = (part: Part): Part => {
    if (waiting === undefined) return part;
    const { seal, place } = waiting;
    const isMeant = part.kind === "tool-call" || (place === "next" && part.kind === "text");
    if (!isMeant) return part;
    waiting = undefined;
    return { ...part, seal };
  };
  const sealText = (seal: Seal): void => {
    const parts = run("assistant");
    const last = parts.at(-1);
    if (last?.kind === "text" && last.seal === undefined) parts.splice(-1, 1, { ...last, seal });
    else parts.push({ kind: "text", text: "", seal });
  };
  return {
    message(role, parts) {
      giveUp();
      drafts.push({ role, parts: [...parts], isRun: false });
    },
    assistant(parts) {
      run("assistant").push(...parts.map(sealed));
    },
    result(part) {
      giveUp();
      run("user").push(part);
    },
    seal(placed) {
      switch (placed.place) {
        case "text":
          sealText(placed.seal);
          return;
        case "empty-text":
          run("assistant").push({ kind: "text", text: "", seal: placed.seal });
          return;
        case "tool-call":
        case "next":
          giveUp();
          waiting = placed;
      }
    },
    end() {
      giveUp();
      return drafts.map(({ role, parts }) => ({ role, parts }));
    },
  };
}
