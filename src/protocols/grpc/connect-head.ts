import { GatewayError } from "../../kernel/errors.ts";
import type { ClientHead, Codec, HeadReading } from "./flavour.ts";
import { field, type HeaderList, valueIn } from "./header-list.ts";
import { type Guard, previousAttempts, requestMetadata } from "./metadata.ts";
import { parseConnectTimeout } from "./timeout.ts";

/** Fields of Connect, and those of HTTP that it gives a meaning: each is said in the words of gRPC, or not at all. */
const own: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "content-encoding",
  "connect-accept-encoding",
  "connect-content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "grpc-encoding",
  "grpc-accept-encoding",
]);

/** In which fields compression is told. */
export interface CompressionFields {
  readonly encoding: "content-encoding" | "connect-content-encoding";
  readonly accepted: "accept-encoding" | "connect-accept-encoding";
}

/** Reads a head of Connect; its messages are protobuf unless `codec` says otherwise. */
export function readConnectHead(
  { rawHeaders }: Pick<ClientHead, "rawHeaders">,
  isGuarded: Guard,
  {
    encoding: encodingName,
    accepted: acceptedName,
    codec = "proto",
  }: CompressionFields & { readonly codec?: Codec },
): HeadReading {
  const version = valueIn(rawHeaders, "connect-protocol-version") ?? "1";
  if (version !== "1") return refused("The field connect-protocol-version is not 1.");
  const told = valueIn(rawHeaders, "connect-timeout-ms");
  const timeout = told === undefined ? undefined : parseConnectTimeout(told);
  if (told !== undefined && timeout === undefined)
    return refused("The field connect-timeout-ms is not a number of at most 10 digits.");
  const encoding = encodingOf(valueIn(rawHeaders, encodingName));
  return {
    kind: "call",
    head: {
      contentType: `application/grpc+${codec}`,
      metadata: [
        ...field("grpc-encoding", encoding),
        ...field("grpc-accept-encoding", codingsIn(valueIn(rawHeaders, acceptedName))),
        ...requestMetadata(rawHeaders, (name) => own.has(name) || isGuarded(name)),
      ],
      ...(timeout === undefined ? {} : { timeout }),
      isEncoded: encoding !== undefined,
      attempts: previousAttempts(rawHeaders),
    },
  };
}

/** A compression by its name; `undefined`: none. */
export const encodingOf = (name: string | undefined): string | undefined =>
  name === undefined || name === "" || name === "identity" ? undefined : name;

/** What a client of HTTP accepts, in order and without weights. */
function codingsIn(accepted: string | undefined): string | undefined {
  const names = (accepted ?? "")
    .split(",")
    .filter((item) => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
    .map((item) => item.split(";")[0]?.trim() ?? "")
    .filter((name) => /^[\w-]+$/.test(name));
  return names.length === 0 ? undefined : names.join(",");
}

export function refused(message: string): HeadReading {
  return { kind: "refused", error: new GatewayError("malformed_request", message, { message }) };
}

/** The leading metadata of an answer, without what gRPC alone understands. */
export function withoutGrpc(metadata: HeaderList): readonly string[] {
  return metadata.filter(
    (_, index) => !/^grpc-(?:accept-)?encoding$/.test(metadata[index - (index % 2)] ?? ""),
  );
}
