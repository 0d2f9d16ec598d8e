import type { ClientCodec, UpstreamCodec } from "../exchange/codec.ts";
import type { ClientDialect, UpstreamDialect } from "../exchange/dialect.ts";
import { invariant } from "../kernel/invariant.ts";
import { anthropicMessages } from "../protocols/anthropic-messages/index.ts";
import { openaiChat } from "../protocols/openai-chat/index.ts";
import { anthropic } from "../providers/anthropic/index.ts";
import { openaiCompatible } from "../providers/openai-compatible/index.ts";

/** All dialects of clients. */
export const clientCodecs = {
  "openai-chat": openaiChat,
  "anthropic-messages": anthropicMessages,
} as const satisfies Partial<Record<ClientDialect, ClientCodec>>;

/** All dialects of upstreams. */
const upstreamCodecs: Partial<Record<UpstreamDialect, UpstreamCodec>> = {
  "openai-chat": openaiCompatible,
  "anthropic-messages": anthropic,
};

/** How a dialect is spoken to an upstream. */
export function upstreamCodecOf(dialect: UpstreamDialect): UpstreamCodec {
  const codec = upstreamCodecs[dialect];
  invariant(codec !== undefined, `the dialect ${dialect} is spoken to upstreams`);
  return codec;
}
