import type { DocumentStore, StoredDocument } from "../../ports/document-store.ts";

/** Documents that live as long as the process. */
export function createMemoryDocumentStore(): DocumentStore {
  const collections = new Map<string, ReadonlyMap<string, StoredDocument>>();
  const here = (collection: string) => collections.get(collection) ?? new Map<string, StoredDocument>();
  return {
    list: async (collection) =>
      structuredClone([...here(collection).values()]).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    change: async (collection, changes) => {
      const next = new Map(here(collection));
      for (const { id, body } of changes) {
        if (body === undefined) next.delete(id);
        else next.set(id, structuredClone({ id, body }));
      }
      collections.set(collection, next);
    },
    close: async () => {},
  };
}
