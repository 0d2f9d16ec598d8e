import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { joined } from "./joined.ts";

/** So much of a body is held to be signed. */
const signedBytesMax = 8 * 1024 * 1024;

/** What a signature says of itself: of one that the client made nothing goes on, where ours takes its place. */
const replaced = new Set([
  ...["signature", "signature-input", "content-digest", "x-sallyport-key-id"],
  ...["x-sallyport-timestamp", "x-sallyport-nonce", "x-sallyport-signature"],
]);

/** All of a body that is to be signed. @throws GatewayError `request_too_large`, and what its pieces end with. */
export async function wholeToSign(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.byteLength;
    if (size > signedBytesMax)
      throw new GatewayError("request_too_large", "a body that has to be signed is too large", {
        message: `The request body has more than ${signedBytesMax} bytes, which is the most for this service.`,
      });
    held.push(piece);
  }
  return joined(held, size);
}

/** The headers of a request to a site, with our signature where the site wants one. */
export function signedHeaders(
  { origin, sign }: Pick<Site, "origin" | "sign">,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly string[];
    readonly body: Uint8Array | undefined;
  },
): readonly string[] {
  if (sign === undefined) return request.headers;
  const { method, path, body = new Uint8Array(0) } = request;
  const headers = request.headers.filter(
    (_, index) => !replaced.has(request.headers[index - (index % 2)]?.toLowerCase() ?? ""),
  );
  return [...headers, ...sign({ method, origin, path, headers, body })];
}
