import { useEffect, useState } from "preact/hooks";
import { type PolicyPreview, previewPolicies, type WantedPolicy } from "../../generated/client.ts";
import { pause } from "../../live/pause.ts";
import { asAdminError } from "../../live/use-polling.ts";

/** What the gateway says of policies that are not in force. */
export type Previewed =
  | { readonly state: "none" }
  | { readonly state: "asking" }
  | { readonly state: "refused"; readonly message: string }
  /** `of`: the text that was asked about. */
  | { readonly state: "ready"; readonly of: string; readonly preview: PolicyPreview };

const typingPauseMs = 300;

/** Asks when the writer pauses. @param policies JSON of them all; `undefined`: there is nothing to ask yet. */
export function usePreview(policies: string | undefined): Previewed {
  const [previewed, setPreviewed] = useState<Previewed>({ state: "none" });
  useEffect(() => {
    if (policies === undefined) {
      setPreviewed({ state: "none" });
      return undefined;
    }
    const leaving = new AbortController();
    setPreviewed({ state: "asking" });
    void ask(policies, leaving.signal).then((heard) => leaving.signal.aborted || setPreviewed(heard));
    return () => leaving.abort();
  }, [policies]);
  return previewed;
}

async function ask(of: string, signal: AbortSignal): Promise<Previewed> {
  await pause(typingPauseMs, signal);
  if (signal.aborted) return { state: "none" };
  const policies: readonly WantedPolicy[] = JSON.parse(of);
  try {
    return { state: "ready", of, preview: await previewPolicies({ policies }, { signal }) };
  } catch (thrown) {
    return signal.aborted ? { state: "none" } : { state: "refused", message: asAdminError(thrown).message };
  }
}
