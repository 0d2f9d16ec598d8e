import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import type { ModelAbilities } from "./model-family.ts";

const forms = {
  /** Source: Amazon Bedrock API reference, `ToolUseBlock.toolUseId`. */
  plain: { fits: /^[a-zA-Z0-9_-]{1,64}$/, hashed: (hash: string) => `tooluse_${hash}` },
  /** Mistral's models take exactly nine letters and digits. */
  "nine-characters": { fits: /^[a-zA-Z0-9]{9}$/, hashed: (hash: string) => hash.slice(0, 9) },
} as const;

/**
 * Gives the tool-call ids of one request the form its model takes. What fits passes; anything else becomes a hash of
 * itself, so that a call and its result keep meeting, in this request and on every replay.
 */
export function createToolIds(form: ModelAbilities["toolIds"]): (original: string) => string {
  const { fits, hashed } = forms[form];
  const given = new Map<string, string>();
  const taken = new Set<string>();
  const hashOf = (text: string): string => hashed(base62(fingerprint128(text)));
  return (original) => {
    const known = given.get(original);
    if (known !== undefined) return known;
    let id = fits.test(original) ? original : hashOf(original);
    for (let salt = 1; taken.has(id); salt += 1) id = hashOf(`${original}#${salt}`);
    given.set(original, id);
    taken.add(id);
    return id;
  };
}
