import { createHash, createHmac } from "node:crypto";
import type { Signable } from "../../exchange/target.ts";
import { isoTime } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import { canonicalRequest } from "./canonical-request.ts";

/** An AWS credential, and where it is to be used. */
export interface SigV4Settings {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a temporary credential. */
  readonly sessionToken?: string;
  /** `us-east-1`. */
  readonly region: string;
  /** `bedrock`. */
  readonly service: string;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * A signer of requests to AWS: gives the headers, flat, that have to go out with a request: `x-amz-date`,
 * `x-amz-security-token` for temporary credentials, `authorization`. It covers the host, the headers the request
 * has (those excepted that may change on the way), path, query and the whole body.
 *
 * Source: AWS, "Create a signed AWS API request" (Signature Version 4).
 */
export function createSigV4(settings: SigV4Settings, clock: Clock): (request: Signable) => readonly string[] {
  const { accessKeyId, sessionToken, region, service } = settings;
  let key: { readonly day: string; readonly bytes: Buffer } | undefined;

  return (request) => {
    // 2015-08-30T12:36:00.000Z as 20150830T123600Z.
    const at = isoTime(clock.now()).replaceAll(/[-:]|\.\d+/g, "");
    const day = at.slice(0, 8);
    // A key serves for a day.
    if (key?.day !== day) key = { day, bytes: signingKey(settings, day) };
    const scope = `${day}/${region}/${service}/aws4_request`;
    const added = [
      ["x-amz-date", at],
      ...(sessionToken === undefined ? [] : [["x-amz-security-token", sessionToken] as const]),
    ] as const;
    const hasHost = request.headers.some((name, index) => index % 2 === 0 && name === "host");
    const host = hasHost ? [] : [["host", new URL(request.origin).host] as const];
    const { text, signedHeaders } = canonicalRequest(request, [...host, ...added]);
    const digest = createHash("sha256").update(text).digest("hex");
    const signature = hmac(key.bytes, `${algorithm}\n${at}\n${scope}\n${digest}`).toString("hex");
    const proof = `Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return [...added.flat(), "authorization", `${algorithm} ${proof}`];
  };
}

/** The key of one day (`20150830`), derived so that it serves there and then only. */
export function signingKey(
  { secretAccessKey, region, service }: Pick<SigV4Settings, "secretAccessKey" | "region" | "service">,
  day: string,
): Buffer {
  return [day, region, service, "aws4_request"].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
