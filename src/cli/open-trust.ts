import type { AdminParts } from "../admin/index.ts";
import { isLive } from "../capabilities/identity/index.ts";
import type { ReloadOutcome } from "../config/reloader.ts";
import type { Config } from "../config/schema.ts";
import type { ClientKeys } from "../gateway/client-keys.ts";
import type { GatewayParts } from "../gateway/create-gateway.ts";
import { deniedCollection } from "../gateway/denied-tokens.ts";
import { openLedger } from "../gateway/ledger.ts";
import { limitCollection } from "../gateway/limits.ts";
import { policyVersions, policyViolations } from "../gateway/policies.ts";
import { openSigningKeys } from "../gateway/signing-keys.ts";
import { tokenSigner, tokenVerifier } from "../platform/jose/index.ts";
import { createMemoryNonceStore } from "../platform/memory/index.ts";
import { openNonceJournal } from "../platform/nonce-journal/index.ts";
import { signatureCrypto } from "../platform/request-signature/index.ts";
import type { Installation } from "../platform/secrets/index.ts";
import { openDocumentStore, openLedgerStore } from "../platform/sqlite/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Threads } from "../ports/threads.ts";
import type { Transport } from "../ports/transport.ts";
import { openAuditLog } from "./open-audit.ts";

/** The stores of who may do what, at what price, with proof. */
export interface OpenedTrust {
  readonly parts: GatewayParts["trust"];
  /** Who is told of calls of the admin API. */
  readonly admin: Pick<AdminParts, "onCall" | "beforeChange">;
  /** Told of each reload. */
  readonly reloaded: (outcome: ReloadOutcome) => void;
  /** Writes what is queued. */
  readonly close: () => Promise<void>;
}

/** What is being started. */
interface Started {
  readonly directory: string;
  readonly logger: Logger;
  readonly threads: Threads;
  /** `problems`: why an earlier configuration runs in the place of the one that was written. */
  readonly origin: { readonly config: Pick<Config, "audit">; readonly problems: readonly unknown[] };
}

/** What they need of the process. */
export interface TrustWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly installation: Pick<Installation, "vault" | "derive">;
  readonly keys: Pick<ClientKeys, "directory">;
  readonly transport: Transport;
}

/** Opens them in the data directory. @throws GatewayError `storage_unavailable`. */
export async function openTrust(
  { directory, logger, origin, threads }: Started,
  world: TrustWorld,
): Promise<OpenedTrust> {
  await using undo = new AsyncDisposableStack();
  // Its thread begins while the ledger is read.
  const opening = openAuditLog({ ...world, directory, logger, threads, settings: origin.config.audit });
  // A fault of it is told where it is awaited.
  const begun = opening.catch(() => undefined);
  undo.defer(() => begun.then((audit) => audit?.close()));
  const documents = undo.adopt(openDocumentStore({ directory }), (opened) => opened.close());
  const store = openLedgerStore({ directory, threads });
  const ledger = undo.adopt(await openLedger(store, documents, world.clock.now()), (one) => one.close());
  const audit = await opening;
  if (origin.problems.length > 0)
    audit.record({ type: "config.rolled_back", outcome: "done", actor: "gateway", facts: { generation: 1 } });
  const memory = createMemoryNonceStore(world.clock);
  const nonces = undo.adopt(openNonceJournal({ directory, memory }, world.clock), (one) => one.close());
  const signing = { nonces, ...(await openSigning(documents, world)) };
  const stored = await readStored(documents);
  const { derive } = world.installation;
  const vouched = { verifier: tokenVerifier, signer: tokenSigner, derive };
  const opened = undo.move();
  return {
    parts: { documents, stored, audit, ledger, signing, vouched },
    admin: {
      onCall: (call) => audit.called({ ...call, caller: call.operator?.id, tenant: call.operator?.tenant }),
      beforeChange: audit.beforeChange,
    },
    reloaded: (outcome) => {
      if (outcome.kind !== "unchanged") audit.record(entryOfReload(outcome));
    },
    close: () => opened.disposeAsync(),
  };
}

/** What rooms go on from. */
async function readStored(documents: DocumentStore): Promise<OpenedTrust["parts"]["stored"]> {
  const collections = [policyVersions, policyViolations, limitCollection, deniedCollection];
  const lists = await Promise.all(collections.map((collection) => documents.list(collection)));
  return new Map(collections.map((collection, index) => [collection, lists[index] ?? []]));
}

function entryOfReload(outcome: Exclude<ReloadOutcome, { kind: "unchanged" }>) {
  const { generation } = outcome;
  const actor = "gateway";
  if (outcome.kind === "applied") {
    const facts = { generation, changes: outcome.changes.length };
    return { type: "config.applied", outcome: "done", actor, facts } as const;
  }
  const facts = { generation, problems: outcome.problems.length };
  return { type: "config.refused", outcome: "failed", actor, facts } as const;
}

/** The signing keys. */
async function openSigning(
  documents: DocumentStore,
  { clock, random, installation: { vault }, keys }: TrustWorld,
): Promise<Omit<OpenedTrust["parts"]["signing"], "nonces">> {
  const isClientKey = (id: string): boolean => isLive(keys.directory(), id, clock.now());
  return {
    crypto: signatureCrypto,
    keys: await openSigningKeys({ documents, vault, crypto: signatureCrypto, clock, random, isClientKey }),
  };
}
