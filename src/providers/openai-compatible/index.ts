import type { UpstreamCodec } from "../../exchange/codec.ts";
import { readFailure } from "./error.ts";
import { familyOf } from "./model-family.ts";
import { defaultQuirks, type QuirkProfile } from "./quirks.ts";
import { chatSplices, encodeChatRequest } from "./request.ts";
import { decodeChatAnswer, tapChatAnswer } from "./response.ts";
import { decodeChatStream } from "./stream.ts";
import { tapChatStream } from "./tap.ts";

export { openaiEmbeddings } from "./embeddings.ts";
export { type QuirkProfile, quirksOf } from "./quirks.ts";

/** How we speak Chat Completions to a server with these quirks. */
export function createOpenaiCompatible(quirks: QuirkProfile): UpstreamCodec {
  return {
    dialect: "openai-chat",
    pathOf: () => "/chat/completions",
    framingOf: () => "sse",
    encodeRequest: (call, context) => encodeChatRequest(call, context, quirks),
    abilitiesOf: (model) => {
      const { isReasoning, thinksUnasked, systemRole } = familyOf(model);
      if (isReasoning) return { reasoning: true, sampling: false, systemRole: systemRole === "system" };
      return thinksUnasked ? { reasoning: true } : {};
    },
    foreignMarks: (model) => foreignMarks(model, quirks),
    splices: (facts, context) => chatSplices(facts, context, quirks),
    decodeAnswer: (body) => decodeChatAnswer(body, quirks),
    decodeStream: () => decodeChatStream(quirks),
    tapStream: (options) => tapChatStream(options, quirks),
    tapAnswer: (body) => tapChatAnswer(body, quirks),
    readFailure,
  };
}

/** Members in which others bring reasoning back, for servers that are known to refuse them. */
function foreignMarks(model: string, { echoesReasoning, seals }: QuirkProfile): readonly string[] {
  const refusesText =
    echoesReasoning === "never" || (echoesReasoning === "by-model" && familyOf(model).isOpenai);
  if (!refusesText) return [];
  return seals === "reasoning-details"
    ? ['"reasoning_content"']
    : ['"reasoning_content"', '"reasoning_details"'];
}

/** How we speak Chat Completions to OpenAI and to every server of which nothing else is known. */
export const openaiCompatible: UpstreamCodec = createOpenaiCompatible(defaultQuirks);
