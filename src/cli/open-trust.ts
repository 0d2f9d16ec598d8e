import type { GatewayParts } from "../gateway/create-gateway.ts";
import { deniedCollection } from "../gateway/denied-tokens.ts";
import { tokenSigner, tokenVerifier } from "../platform/jose/index.ts";
import type { Installation } from "../platform/secrets/index.ts";
import { openDocumentStore } from "../platform/sqlite/index.ts";

/** The stores of who may do what, at what price, with proof. */
export interface OpenedTrust {
  readonly parts: GatewayParts["trust"];
  /** Writes what is queued. */
  readonly close: () => Promise<void>;
}

/** Opens them in the data directory. @throws GatewayError `storage_unavailable`. */
export async function openTrust(
  directory: string,
  { derive }: Pick<Installation, "derive">,
): Promise<OpenedTrust> {
  await using undo = new AsyncDisposableStack();
  const documents = undo.adopt(openDocumentStore({ directory }), (opened) => opened.close());
  const denied = await documents.list(deniedCollection);
  const opened = undo.move();
  const vouched = { verifier: tokenVerifier, signer: tokenSigner, derive, denied };
  return { parts: { documents, vouched }, close: () => opened.disposeAsync() };
}
