import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/** Which result answers which call. Gemini's clients need not name calls: then order and name tell. */
export interface CallLedger {
  /** The id of a call of the model; one is made where the client gives none. */
  readonly call: (name: string, id: string | undefined) => string;
  /** The id of the call that a result answers. */
  readonly result: (name: string, id: string | undefined) => string;
  /** A turn of the model begins: earlier calls are answered or never will be. */
  readonly nextTurn: () => void;
}

interface KnownCall {
  readonly id: string;
  readonly name: string;
  /** Whether the id is made: then no result can name it. */
  readonly isMade: boolean;
  isAnswered: boolean;
}

/**
 * A ledger of one conversation. Ids that are made depend on nothing but the place of the call among all calls, so that
 * a conversation that goes on keeps them.
 */
export function createCallLedger(): CallLedger {
  let open: KnownCall[] = [];
  let calls = 0;
  let orphans = 0;
  const made = (kind: string, ordinal: number, name: string): string =>
    `call_${base62(fingerprint128(`${kind}:${ordinal}:${name}`))}`;
  const answeredBy = (name: string, id: string | undefined): KnownCall | undefined => {
    const waiting = open.filter(({ isAnswered }) => !isAnswered);
    if (id === undefined) return waiting.find((call) => call.name === name);
    return (
      waiting.find((call) => call.id === id) ?? waiting.find((call) => call.isMade && call.name === name)
    );
  };
  return {
    call(name, id) {
      calls += 1;
      const isMade = id === undefined;
      const known = { id: id ?? made("call", calls, name), name, isMade, isAnswered: false };
      open.push(known);
      return known.id;
    },
    result(name, id) {
      const call = answeredBy(name, id);
      if (call !== undefined) {
        call.isAnswered = true;
        return call.id;
      }
      orphans += 1;
      return id ?? made("result", orphans, name);
    },
    nextTurn() {
      open = [];
    },
  };
}
