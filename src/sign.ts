/**
 * Signs requests to a gateway: `import { signRequest } from "sallyport/sign"`. Needs Node and nothing else.
 * See `docs/request-signing.md`.
 */
import { randomBytes } from "node:crypto";
import { contentDigestText } from "./framing/content-digest.ts";
import { signedAuthority } from "./framing/field-values.ts";
import { readComponent, signMessage } from "./framing/sign-message.ts";
import { Secret } from "./kernel/secret.ts";
import { epochMs } from "./kernel/units.ts";
import { requestSigner, signatureCrypto } from "./platform/request-signature/index.ts";

/** A request as it will be sent. */
export interface RequestToSign {
  readonly method: string;
  /** Whole, as `https://api.example/v1/chat/completions?a=1`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The key of whoever signs. */
export interface SignerKey {
  /** `sgk_…` */
  readonly id: string;
  /** The secret, or the private key as PEM (PKCS #8). */
  readonly key: string;
  /** `hmac-sha256` if nothing is said. */
  readonly algorithm?: "hmac-sha256" | "ed25519" | "ecdsa-p256-sha256";
  /** `rfc9421` if nothing is said; `sallyport-hmac-v1` takes a secret. */
  readonly profile?: "rfc9421" | "sallyport-hmac-v1";
  /** More headers to be covered, of profile `rfc9421`. */
  readonly components?: readonly string[];
  readonly tag?: string;
}

/**
 * The headers to send besides those given, good for five minutes and for one try: sign each try anew.
 * @throws Error when a component is none, or the key is not of its algorithm.
 */
export function signRequest(request: RequestToSign, by: SignerKey, now = Date.now()): Record<string, string> {
  const { protocol, host, pathname, search } = new URL(request.url);
  const scheme = protocol === "http:" ? "http" : "https";
  const target = {
    method: request.method,
    authority: signedAuthority(host, scheme),
    path: pathname,
    query: search.slice(1),
  };
  const nonce = randomBytes(18).toString("base64url");
  const body = request.body ?? "";
  if (by.profile === "sallyport-hmac-v1") {
    const signer = { keyId: by.id, secret: new Secret(by.key), at: epochMs(now), nonce };
    return record(requestSigner.sign({ ...target, body }, signer));
  }
  const headers = lowerCase(request.headers ?? {});
  const digest = digestField(body);
  const names = namesOf(headers, digest.length > 0, by.components);
  const made = signMessage(
    { ...target, scheme, target: pathname + search, fields: [...Object.entries(headers).flat(), ...digest] },
    {
      label: "sig",
      components: names.map(componentOf),
      parameters: {
        ...{ created: Math.floor(now / 1000), nonce, keyid: by.id },
        ...(by.tag === undefined ? {} : { tag: by.tag }),
      },
      sign: signatureCrypto.signingKey(by.algorithm ?? "hmac-sha256", new Secret(by.key)).sign,
    },
  );
  if ("fault" in made)
    throw new Error(`a component to be signed is not there or is none: ${names.join(", ")}`);
  return record([...digest, ...made.headers]);
}

const digestField = (body: string | Uint8Array): readonly string[] =>
  body.length === 0
    ? []
    : [
        "content-digest",
        contentDigestText({ algorithm: "sha-256", digest: signatureCrypto.digest("sha-256", body) }),
      ];

const namesOf = (
  headers: Readonly<Record<string, string>>,
  hasDigest: boolean,
  more: readonly string[] = [],
): readonly string[] => [
  ...["@method", "@authority", "@path", "@query"],
  ...(headers["content-type"] === undefined ? [] : ["content-type"]),
  ...(hasDigest ? ["content-digest"] : []),
  ...more,
];

function componentOf(name: string): NonNullable<ReturnType<typeof readComponent>> {
  const component = readComponent(name);
  if (component === undefined) throw new Error(`\`${name}\` is no component`);
  return component;
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function record(flat: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) headers[flat[at] ?? ""] = flat[at + 1] ?? "";
  return headers;
}
