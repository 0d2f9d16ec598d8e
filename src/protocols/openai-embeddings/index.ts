import type { ClientCodec } from "../../exchange/codec.ts";
import { unreachable } from "../../kernel/invariant.ts";
import { decodeEmbeddings } from "./decode.ts";
import { encodeEmbeddings } from "./encode.ts";
import { readEmbeddings } from "./read.ts";

/**
 * Clients that ask for vectors: `POST /v1/embeddings`.
 * @param errors How clients of OpenAI are told of errors: the same for all of its endpoints.
 */
export function createOpenaiEmbeddings(
  errors: Pick<ClientCodec, "encodeError" | "encodeStreamError">,
): ClientCodec {
  return {
    dialect: "openai-embeddings",
    read: readEmbeddings,
    decode: decodeEmbeddings,
    encodeAnswer: encodeEmbeddings,
    encodeStream: () => unreachable("embeddings are not streamed"),
    keepAlive: () => "",
    encodeError: errors.encodeError,
    encodeStreamError: errors.encodeStreamError,
  };
}
