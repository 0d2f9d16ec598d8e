import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { components } from "../admin/schemas.ts";
import type { SigningKeyEntry } from "../exchange/signing-key.ts";
import { GatewayError } from "../kernel/errors.ts";
import { epochMs, isoTime } from "../kernel/units.ts";
import { adminClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport signing-keys`: through the running gateway, which alone opens what is sealed. */
export async function signingKeys(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines["signing-keys"]);
  const [action, id] = positionals;
  const client = adminClient(dataDirectory({ named: values["data-dir"] }, world));
  if (client === undefined) throw failure("no gateway is running here; `sallyport start` starts one");
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  switch (action) {
    case "create": {
      const wanted = wantedKey(values, world);
      const made = components.CreatedSigningKey.parse(await client.call("POST", "/signing-keys", wanted));
      return print(made, madeText(made));
    }
    case "list": {
      const { keys } = components.SigningKeyList.parse(await client.call("GET", "/signing-keys"));
      return print(
        keys,
        keys.length === 0 ? "There are no signing keys.\n" : `${keys.map(line).join("\n")}\n`,
      );
    }
    case "revoke": {
      if (id === undefined) throw new UsageError("which key? `sallyport signing-keys revoke ID`");
      const path = `/signing-keys/${encodeURIComponent(id)}`;
      const revoked = components.ShownSigningKey.parse(await client.call("DELETE", path));
      return print(revoked, `Revoked ${revoked.id} (${revoked.name}).\n`);
    }
    default:
      throw new UsageError(
        action === undefined
          ? "what about the signing keys? `create`, `list` or `revoke`"
          : `signing keys cannot be told to \`${action}\`${meant(action, ["create", "list", "revoke"])}`,
      );
  }
}

type Named = { readonly [Option in "name" | "for" | "public-key"]?: string };

function wantedKey({ name, for: clientKeyId, "public-key": file }: Named, { cwd }: World) {
  if (name === undefined || clientKeyId === undefined)
    throw new UsageError(
      "a signing key needs a name, and a client key that it stands for: `--name NAME --for KEY-ID`",
    );
  if (file === undefined) return { name, clientKeyId };
  const publicKey = readFileSync(resolve(cwd, file), "utf8");
  return { name, clientKeyId, publicKey, algorithm: algorithmOf(publicKey, file) };
}

function algorithmOf(pem: string, file: string): "ed25519" | "ecdsa-p256-sha256" {
  try {
    const { asymmetricKeyType } = createPublicKey(pem);
    if (!pem.includes("PRIVATE") && asymmetricKeyType === "ed25519") return "ed25519";
    if (!pem.includes("PRIVATE") && asymmetricKeyType === "ec") return "ecdsa-p256-sha256";
  } catch {
    // It is no key at all: told below.
  }
  throw failure(`${file} holds no public key of Ed25519 or P-256 as PEM`);
}

const madeText = ({
  secret,
  entry,
}: {
  readonly secret: string | null;
  readonly entry: SigningKeyEntry;
}): string =>
  secret === null
    ? `Its id is ${entry.id}: what your signatures call \`keyid\`.\n`
    : `${secret}\n\nThis is the only time the secret is shown. Its id is ${entry.id}: what your signatures call \`keyid\`.\n`;

const line = (key: SigningKeyEntry): string =>
  [
    key.id,
    isoTime(epochMs(key.createdAt)).slice(0, 10),
    key.revokedAt === null ? "live   " : "revoked",
    key.algorithm,
    `for ${key.clientKeyId}`,
    key.name,
  ].join("  ");

const failure = (message: string): GatewayError => new GatewayError("conflict", message, { message });
