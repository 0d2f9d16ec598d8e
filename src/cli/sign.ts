import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { GatewayError } from "../kernel/errors.ts";
import { signRequest } from "../sign.ts";
import { commandLines } from "./command-lines.ts";
import { readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport sign`: a line for the shell that sends a signed request, good for five minutes and once. */
export async function sign(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.sign);
  const [url] = positionals;
  const { "key-id": id, "key-file": keyFile, body: bodyFile } = values;
  if (url === undefined || id === undefined || keyFile === undefined)
    throw new UsageError(
      "what is to be signed, and by whom? `sallyport sign URL --key-id ID --key-file FILE`",
    );
  const key = read(keyFile, world).toString("utf8").trim();
  const body = bodyFile === undefined ? undefined : read(bodyFile, world);
  const method = values.method ?? (body === undefined ? "GET" : "POST");
  const headers: Record<string, string> =
    body === undefined ? {} : { "content-type": values["content-type"] ?? "application/json" };
  const algorithm = algorithmOf(key);
  const signed = signRequest(
    { method, url, headers, ...(body === undefined ? {} : { body }) },
    { id, key, algorithm, profile: profileOf(values.profile) },
  );
  const fields = Object.entries({ ...headers, ...signed }).map(
    ([name, value]) => `-H ${quoted(`${name}: ${value}`)}`,
  );
  const data = bodyFile === undefined ? [] : [`--data-binary ${quoted(`@${bodyFile}`)}`];
  world.stdout(`curl -X ${quoted(method)} ${[...fields, ...data].join(" ")} ${quoted(url)}\n`);
  return 0;
}

function profileOf(named = "rfc9421"): "rfc9421" | "sallyport-hmac-v1" {
  if (named === "rfc9421" || named === "sallyport-hmac-v1") return named;
  throw new UsageError(`there is no profile \`${named}\`: \`rfc9421\` or \`sallyport-hmac-v1\``);
}

function algorithmOf(key: string): "hmac-sha256" | "ed25519" | "ecdsa-p256-sha256" {
  if (!key.includes("-----BEGIN")) return "hmac-sha256";
  return createPrivateKey(key).asymmetricKeyType === "ed25519" ? "ed25519" : "ecdsa-p256-sha256";
}

function read(file: string, { cwd }: World): Buffer {
  try {
    return readFileSync(resolve(cwd, file));
  } catch (thrown) {
    const message = `${file} cannot be read`;
    throw new GatewayError("conflict", message, { message, cause: thrown });
  }
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
