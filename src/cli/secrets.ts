import { rewrapSigningKeys } from "../gateway/rewrap-signing-keys.ts";
import { rotateKek } from "../platform/secrets/index.ts";
import { lockDirectory, openDocumentStore } from "../platform/sqlite/index.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport secrets rotate`: a new key for what is kept sealed. No gateway may run: it would seal by the old one. */
export async function secrets(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.secrets);
  const [action] = positionals;
  if (action !== "rotate")
    throw new UsageError(
      action === undefined
        ? "what about the secrets? `rotate`"
        : `secrets cannot be told to \`${action}\`${meant(action, ["rotate"])}`,
    );
  const directory = dataDirectory({ named: values["data-dir"] }, world);
  const lock = lockDirectory(directory);
  const documents = openDocumentStore({ directory });
  try {
    const done = await rotateKek(directory, (vault) => rewrapSigningKeys(documents, vault), world.env);
    world.stdout(
      values.json === true
        ? `${JSON.stringify(done)}\n`
        : `The key \`${done.keyId}\` seals from now on; ${done.rewrapped} secrets were put under it.\n`,
    );
    return 0;
  } finally {
    await documents.close();
    lock.release();
  }
}
