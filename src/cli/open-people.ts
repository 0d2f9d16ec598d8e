import type { GatewayParts } from "../gateway/create-gateway.ts";
import { openOperators } from "../gateway/operators.ts";
import { createSessions } from "../gateway/sessions.ts";
import { createPasswords, type Installation } from "../platform/secrets/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Random } from "../ports/random.ts";
import { adminTokenOf } from "./admin-client.ts";

/** Who uses the admin side, and the ways in. */
export async function openPeople(
  documents: DocumentStore,
  installation: Installation,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<Pick<GatewayParts, "sessions" | "operators"> & { readonly adminToken: string }> {
  const { digestOf } = installation;
  const adminToken = adminTokenOf(installation);
  const operators = await openOperators({ documents, passwords: createPasswords(), digestOf, clock, random });
  const sessions = createSessions({ clock, random, digestOf, adminToken, operators });
  return { sessions, operators: operators.control, adminToken };
}
