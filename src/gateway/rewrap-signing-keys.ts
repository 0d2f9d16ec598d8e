import type { DocumentStore } from "../ports/document-store.ts";
import type { Vault } from "../ports/vault.ts";
import { readSigningKey } from "./signing-key-document.ts";
import { sealedField, signingKeyCollection } from "./signing-keys.ts";

/** Puts all signing keys under the key that seals now. @returns How many were under another. */
export async function rewrapSigningKeys(documents: DocumentStore, vault: Vault): Promise<number> {
  const changes = (await documents.list(signingKeyCollection)).flatMap(({ id, body }) => {
    const { entry, sealed } = readSigningKey(id, body);
    if (sealed === undefined) return [];
    const now = vault.rewrap(sealed, { recordId: id, field: sealedField });
    const { id: _, ...kept } = entry;
    return now === sealed ? [] : [{ id, body: { ...kept, sealed: now } }];
  });
  if (changes.length > 0) await documents.change(signingKeyCollection, changes);
  return changes.length;
}
