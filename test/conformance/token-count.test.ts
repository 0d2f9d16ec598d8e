/**
 * Our count of prompts of text alone, held against what OpenAI billed in the recorded exchanges.
 * Source: AI models specification, part 19: exact in at least 95 % up to GPT-4.1, 85 % from GPT-5 on.
 */

import { afterAll, describe, expect, it } from "vitest";
import { countedPrompt, promptTokens } from "../../src/capabilities/token-count/index.ts";
import type { Call } from "../../src/exchange/call.ts";
import { clientCodecs, upstreamCodecOf } from "../../src/gateway/codecs.ts";
import { createTokenizer } from "../../src/platform/gpt-tokenizer/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { hasRecordedTraffic, type Recorded, recordedTraffic } from "../support/recorded-traffic.ts";

const tokenizer = createTokenizer(ownThreads);
afterAll(() => tokenizer.close());

const dialects = { "openai-chat": "openai.chat", "openai-responses": "openai.responses" } as const;
type Dialect = keyof typeof dialects;

interface Exchange {
  readonly call: Call;
  readonly billed: number;
}

function exchangeOf(
  dialect: Dialect,
  { request, response, isStream, status }: Recorded,
): Exchange | undefined {
  if (isStream || status >= 300) return undefined;
  const decoding = clientCodecs[dialect].decode(request, { target: {} });
  const billed = upstreamCodecOf(dialect).tapAnswer(response)?.usage?.input.total;
  if (decoding.kind === "invalid" || billed === undefined || billed === 0) return undefined;
  return isOfText(decoding.call) ? { call: decoding.call, billed } : undefined;
}

/** Of nothing but words: no tools, schemas, media, or state that the provider keeps. */
function isOfText({ turns, tools, output, continues, extensions, instructions, model }: Call): boolean {
  const parts = [...instructions, ...turns.flatMap((turn) => turn.parts)];
  const hasMore = tools.length > 0 || output !== undefined || continues !== undefined;
  const bringsMore = ["prompt", "conversation", "web_search_options", "functions", "prediction"];
  return (
    !hasMore &&
    /^(?:gpt-|chatgpt-|o\d)/.test(model) &&
    parts.every(({ kind }) => kind === "text") &&
    !bringsMore.some((name) => extensions.has(name))
  );
}

async function exact(exchanges: readonly Exchange[]): Promise<number> {
  let right = 0;
  for (const { call, billed } of exchanges) {
    const prompt = countedPrompt(call, call.model);
    const counts = await tokenizer.count(prompt.vocabulary, prompt.texts);
    if (promptTokens(prompt, counts) === billed) right += 1;
  }
  return right;
}

describe.skipIf(!hasRecordedTraffic())("a careful count", () => {
  const all = () =>
    (Object.keys(dialects) as Dialect[]).flatMap((dialect) =>
      recordedTraffic(dialects[dialect]).flatMap((record) => exchangeOf(dialect, record) ?? []),
    );
  const isNew = ({ call }: Exchange): boolean => /^gpt-(?:[5-9]|1\d)/.test(call.model);

  it.for([
    { name: "up to GPT-4.1", wanted: 0.95, leastMany: 150, fits: (one: Exchange) => !isNew(one) },
    { name: "from GPT-5 on", wanted: 0.85, leastMany: 10, fits: isNew },
  ])("$name is what was billed", async ({ name, wanted, leastMany, fits }) => {
    const exchanges = all().filter(fits);
    expect(exchanges.length).toBeGreaterThanOrEqual(leastMany);
    const right = await exact(exchanges);
    console.log(`${name}: ${right} of ${exchanges.length} exact`);
    expect(right / exchanges.length).toBeGreaterThanOrEqual(wanted);
  });
});
