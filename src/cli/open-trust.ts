import type { AdminParts } from "../admin/index.ts";
import type { ReloadOutcome } from "../config/reloader.ts";
import type { Config } from "../config/schema.ts";
import type { GatewayParts } from "../gateway/create-gateway.ts";
import type { Installation } from "../platform/secrets/index.ts";
import { openDocumentStore } from "../platform/sqlite/index.ts";
import type { Logger } from "../ports/logger.ts";
import { openAuditLog } from "./open-audit.ts";
import type { Transports } from "./open-transports.ts";

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
  /** `problems`: why an earlier configuration runs in the place of the one that was written. */
  readonly origin: { readonly config: Pick<Config, "audit">; readonly problems: readonly unknown[] };
}

/** Opens them in the data directory. @throws GatewayError `storage_unavailable`. */
export async function openTrust(
  { directory, logger, origin }: Started,
  installation: Installation,
  { transport }: Pick<Transports, "transport">,
): Promise<OpenedTrust> {
  await using undo = new AsyncDisposableStack();
  const documents = undo.adopt(openDocumentStore({ directory }), (opened) => opened.close());
  const settings = origin.config.audit;
  const audit = undo.adopt(
    await openAuditLog({ directory, installation, logger, settings, transport }),
    (opened) => opened.close(),
  );
  if (origin.problems.length > 0)
    audit.record({ type: "config.rolled_back", outcome: "done", actor: "gateway", facts: { generation: 1 } });
  const opened = undo.move();
  return {
    parts: { documents, audit },
    admin: { onCall: audit.called, beforeChange: audit.beforeChange },
    reloaded: (outcome) => {
      if (outcome.kind !== "unchanged") audit.record(entryOfReload(outcome));
    },
    close: () => opened.disposeAsync(),
  };
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
