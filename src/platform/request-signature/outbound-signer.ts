import type { Signable } from "../../exchange/target.ts";
import { contentDigestText } from "../../framing/content-digest.ts";
import { joinedField, signedAuthority } from "../../framing/field-values.ts";
import { readComponent, signMessage } from "../../framing/sign-message.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SignatureAlgorithm } from "../../ports/signature-crypto.ts";
import { requestSigner } from "./request-signer.ts";
import { signatureCrypto } from "./signature-crypto.ts";

/** How requests to one upstream are signed. */
export interface OutboundSigning {
  readonly profile: "rfc9421" | "sallyport-hmac-v1";
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  readonly key: Secret;
  /** Names of headers that are covered where they are sent. */
  readonly components: readonly string[];
  readonly tag?: string;
}

/**
 * A signer of requests to an upstream: gives the headers, flat, that go out with a request besides its own. Each has a nonce
 * of its own.
 * @throws GatewayError `malformed_request`, when the key is none of its algorithm.
 */
export function createOutboundSigner(
  { profile, algorithm, keyId, key, components, tag }: OutboundSigning,
  { clock, random }: { readonly clock: Pick<Clock, "now">; readonly random: Random },
): (request: Signable) => readonly string[] {
  const { sign } = signatureCrypto.signingKey(algorithm, key);
  const nonceOf = (): string => Buffer.from(random.bytes(18)).toString("base64url");
  if (profile === "sallyport-hmac-v1")
    return (request) =>
      requestSigner.sign(
        { ...targetOf(request), body: request.body },
        { keyId, secret: key, at: clock.now(), nonce: nonceOf() },
      );
  return (request) => {
    const { headers, body } = request;
    const isSent = (name: string): boolean => joinedField(headers, name) !== undefined;
    const digest =
      body.length === 0
        ? []
        : [
            "content-digest",
            contentDigestText({ algorithm: "sha-256", digest: signatureCrypto.digest("sha-256", body) }),
          ];
    const names = [
      ...["@method", "@authority", "@path", "@query"],
      ...["content-type", ...components].filter(isSent),
      ...(digest.length === 0 ? [] : ["content-digest"]),
    ];
    const made = signMessage(
      { ...targetOf(request), fields: [...headers.filter(notOf(headers, "content-digest")), ...digest] },
      {
        label: "sallyport",
        components: names.flatMap((name) => readComponent(name) ?? []),
        parameters: {
          ...{ created: Math.floor(clock.now() / 1000), nonce: nonceOf(), keyid: keyId },
          ...(tag === undefined ? {} : { tag }),
        },
        sign,
      },
    );
    if ("fault" in made)
      throw new GatewayError("internal", `a request to an upstream cannot be signed: ${made.fault}`);
    return [...digest, ...made.headers];
  };
}

function targetOf({ method, origin, path, headers }: Signable) {
  const [target = "", query = ""] = splitOnce(path, "?");
  const scheme = origin.startsWith("http:") ? ("http" as const) : ("https" as const);
  const host = joinedField(headers, "host") ?? origin.slice(origin.indexOf("//") + 2);
  return { method, scheme, authority: signedAuthority(host, scheme), target: path, path: target, query };
}

const splitOnce = (text: string, mark: string): readonly string[] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** Drops a field from a flat list: the client's own digest may be of what it sent, which is not what is sent on. */
const notOf =
  (headers: readonly string[], name: string) =>
  (_: string, index: number): boolean =>
    headers[index - (index % 2)]?.toLowerCase() !== name;
