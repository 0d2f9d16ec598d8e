import { join } from "node:path";
import {
  type Audit,
  type AuditParts,
  createExporter,
  openAudit,
  printVerifier,
  verifierOf,
} from "../capabilities/audit/index.ts";
import type { Config } from "../config/schema.ts";
import { postCheckpoint, postEvents } from "../gateway/audit-outside.ts";
import { sha256, signingKeyOf, verifySignature } from "../platform/evidence/index.ts";
import { requestSigner } from "../platform/request-signature/index.ts";
import type { Installation } from "../platform/secrets/index.ts";
import { systemClock, systemRandom, systemTimer } from "../platform/system/index.ts";
import type { Logger } from "../ports/logger.ts";
import type { Threads } from "../ports/threads.ts";
import type { Transport } from "../ports/transport.ts";
import { openAuditThread } from "./audit-writer.ts";
import { keptText } from "./kept-text.ts";

/** Records in a file; sealed ones can be moved away. */
export const segmentSize = 100_000;
const marked = 10;

export const auditDirectory = (directory: string): string => join(directory, "audit");

/** The key that signs, and the name under which it is known: both are derived, so that nothing has to be stored. */
export const auditKeyOf = ({ derive }: Pick<Installation, "derive">) => ({
  key: signingKeyOf(derive("audit-signing:1")),
  origin: `sallyport/${derive("audit-origin:1").slice(0, marked)}`,
});

/** What opening needs. */
export interface AuditWorld {
  readonly directory: string;
  readonly installation: Pick<Installation, "derive">;
  readonly settings: Config["audit"];
  readonly logger: Logger;
  readonly threads: Threads;
  /** Absent: nobody outside is told. */
  readonly transport?: Transport;
}

/** The audit log in the data directory, with a witness and a collector where there are some. @throws GatewayError `storage_unavailable`. */
export async function openAuditLog(world: AuditWorld): Promise<Audit> {
  const { directory, settings, logger, transport, threads } = world;
  const { key, origin } = auditKeyOf(world.installation);
  const verifier = printVerifier(verifierOf(origin, key.publicKey, sha256));
  const { store, writer } = await openAuditThread(
    { directory: auditDirectory(directory), segmentSize, verifier },
    threads,
  );
  const outside = transport === undefined ? undefined : outsideOf({ ...world, transport }, store, origin);
  const audit = await openAudit({
    ...{ store, writer },
    clock: systemClock,
    timer: systemTimer,
    random: systemRandom(),
    logger,
    sha256,
    verify: verifySignature,
    key,
    origin,
    segmentSize,
    settings,
    ...outside?.told,
  });
  return {
    ...audit,
    close: async () => {
      outside?.close();
      await audit.close();
    },
  };
}

function outsideOf(
  { directory, settings, logger, transport }: AuditWorld & { readonly transport: Transport },
  store: AuditParts["store"],
  origin: string,
): { readonly told: Pick<AuditParts, "onCheckpoint" | "onWritten">; readonly close: () => void } {
  const ports = { clock: systemClock, random: systemRandom(), transport, signer: requestSigner };
  const { witness, export: collector } = settings;
  const kept = keptText(directory, "audit/exported.txt");
  const exporter =
    collector &&
    createExporter({
      store,
      timer: systemTimer,
      logger,
      origin,
      cursor: { read: () => Number(kept.read() ?? 0), write: (taken) => kept.write(String(taken)) },
      send: (events) => postEvents(ports, collector, events),
    });
  const tellWitness = async (url: string, note: string): Promise<void> => {
    const why = await postCheckpoint(ports, url, note);
    if (why !== undefined) logger.warn("the witness did not take a checkpoint of the audit log", { why });
  };
  return {
    told: {
      ...(witness === undefined ? {} : { onCheckpoint: (note) => void tellWitness(witness, note) }),
      ...(exporter === undefined ? {} : { onWritten: exporter.more }),
    },
    close: () => exporter?.close(),
  };
}
