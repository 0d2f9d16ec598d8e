import type { AuditStore } from "../../ports/audit-store.ts";
import type { Sha256, VerifySignature } from "../../ports/evidence.ts";
import {
  isSignedBy,
  readCheckpoint,
  type SignedCheckpoint,
  splitNotes,
  type Verifier,
} from "./checkpoint.ts";
import { createHashPages, type HashPages } from "./hash-pages.ts";
import { isSame } from "./proofs.ts";
import { readLine, recordIn } from "./record.ts";
import { type GrowingTree, growingTree, type Hashing, merkleHashing, nodesFromKept } from "./tree.ts";

/** A log as a start finds it, ready to go on. */
export interface Recovered {
  readonly tree: GrowingTree;
  readonly pages: HashPages;
  /** The last checkpoint; absent: there is none. */
  readonly last?: SignedCheckpoint & { readonly note: string };
  /** Lines behind the last checkpoint that were half written and are gone. */
  readonly dropped: number;
  /** What was found instead of the log that the last checkpoint tells of; it was set aside, and this one is new. */
  readonly broken?: { readonly why: string; readonly movedTo: string; readonly checkpoint: string };
}

/** What recovery works with. */
interface Parts {
  readonly store: AuditStore;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  readonly verifier: Verifier;
}

/**
 * Goes on where the last process has stopped or died: from the last checkpoint, whose tree was kept, over the lines
 * behind it. A log that does not fit its last checkpoint is set aside, never overwritten.
 * @throws GatewayError `storage_unavailable`.
 */
export async function recover(parts: Parts): Promise<Recovered> {
  const { store, verifier, verify } = parts;
  const hashing = merkleHashing(parts.sha256);
  const notes = splitNotes(await store.notes.read()).flatMap((note) => {
    const read = readCheckpoint(note);
    return read !== undefined && isSignedBy(read, verifier, verify) ? [{ ...read, note }] : [];
  });
  const last = notes.at(-1);
  const why = await faultOf(store, hashing, last);
  if (why !== undefined) {
    const movedTo = await store.setAside();
    return { ...fresh(store, hashing), dropped: 0, broken: { why, movedTo, checkpoint: last?.note ?? "" } };
  }
  const size = last?.size ?? 0;
  const pages = createHashPages(store.hashes, size);
  const read = nodesFromKept(hashing, store.hashes.read);
  const tree = growingTree(hashing, { size, read }, pages.completed);
  const dropped = await readBehind({ store, hashing, tree });
  await pages.write();
  return { tree, pages, dropped, ...(last === undefined ? {} : { last }) };
}

function fresh(store: AuditStore, hashing: Hashing): Pick<Recovered, "tree" | "pages"> {
  const pages = createHashPages(store.hashes, 0);
  return { pages, tree: growingTree(hashing, undefined, pages.completed) };
}

/** Why the log is not the one of its last checkpoint; `undefined`: it is. */
async function faultOf(
  store: AuditStore,
  hashing: Hashing,
  last: SignedCheckpoint | undefined,
): Promise<string | undefined> {
  if (last === undefined) return undefined;
  if (store.size() < last.size) return `${last.size - store.size()} records are missing at its end`;
  try {
    if (store.hashes.count(0) < last.size) await rebuild(store, hashing, last.size);
    const tree = growingTree(hashing, { size: last.size, read: nodesFromKept(hashing, store.hashes.read) });
    if (isSame(tree.root(), last.root)) return undefined;
    await rebuild(store, hashing, last.size);
    const again = growingTree(hashing, { size: last.size, read: nodesFromKept(hashing, store.hashes.read) });
    return isSame(again.root(), last.root) ? undefined : "its records are not those of its last checkpoint";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** The hashes of the first `size` records, made anew. */
async function rebuild(store: AuditStore, hashing: Hashing, size: number): Promise<void> {
  const pages = createHashPages(store.hashes, 0);
  const tree = growingTree(hashing, undefined, pages.completed);
  for await (const lines of store.lines(0, size)) {
    for (const line of lines) tree.append(hashing.leaf(recordIn(line)));
    await pages.write();
  }
}

/** Takes in the lines behind the last checkpoint, and cuts off what was half written. */
async function readBehind({
  store,
  hashing,
  tree,
}: {
  readonly store: AuditStore;
  readonly hashing: Hashing;
  readonly tree: GrowingTree;
}): Promise<number> {
  const size = store.size();
  for await (const lines of store.lines(tree.size(), size))
    for (const line of lines) {
      if (readLine(line)?.index !== tree.size()) {
        await store.cut(tree.size());
        return size - tree.size();
      }
      tree.append(hashing.leaf(recordIn(line)));
    }
  return 0;
}
