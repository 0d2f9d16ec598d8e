import { keyHandle } from "../capabilities/identity/index.ts";
import type { FixedKey } from "../gateway/client-keys.ts";

/**
 * The key of the first run. It is derived from the installation's secret, so that each start can show it although only
 * its digest is kept; once revoked it stays revoked and is not shown again.
 */
export function firstKey(derive: (purpose: string) => string): FixedKey {
  const secret = derive("first-client-key");
  const handle = keyHandle(new TextEncoder().encode(derive("first-client-key-handle")));
  return { id: "key_first", name: "first key", handle, secret, whole: `sp-${secret}` };
}
