import { useCallback, useEffect, useState } from "preact/hooks";
import { type Caller, readSession, signIn, signOut } from "./generated/client.ts";
import { asAdminError } from "./live/use-polling.ts";
import { navigate } from "./router.ts";
import { type AdminError, onSignedOut } from "./send.ts";

/** Whether the gateway knows us. */
export type Session =
  | { readonly state: "asking" }
  | { readonly state: "open"; readonly caller: Caller }
  /** `refusal`: why the link did not open the door; absent when none was tried. `isLost`: it was open a moment ago. */
  | { readonly state: "closed"; readonly refusal?: AdminError; readonly isLost?: boolean }
  | { readonly state: "unreachable"; readonly failure: AdminError };

/**
 * The session: by the code of a one-time link (`/signin#<code>`), else by the cookie we may have already. The code is
 * taken out of the address before it is used, so that neither history nor a shared link holds it.
 */
export function useSession(): {
  readonly session: Session;
  readonly retry: () => void;
  readonly leave: () => void;
  /** By a name and its password. @throws AdminError Why the door stays shut. */
  readonly enterAs: (who: { readonly name: string; readonly password: string }) => Promise<void>;
} {
  const [session, setSession] = useState<Session>({ state: "asking" });
  const ask = useCallback(() => {
    setSession({ state: "asking" });
    void enter().then(setSession);
  }, []);
  useEffect(() => {
    ask();
    // A link that is opened in this very tab changes the hash alone: nothing is loaded.
    addEventListener("hashchange", ask);
    const forget = onSignedOut(() =>
      setSession((now) => (now.state === "open" ? { state: "closed", isLost: true } : now)),
    );
    return () => {
      removeEventListener("hashchange", ask);
      forget();
    };
  }, [ask]);
  const leave = useCallback(() => {
    void signOut()
      .catch(() => undefined)
      .then(() => setSession({ state: "closed" }));
  }, []);
  const enterAs = useCallback(async (who: { readonly name: string; readonly password: string }) => {
    await signIn(who);
    setSession(await open());
  }, []);
  return { session, retry: ask, leave, enterAs };
}

/** The session that the cookie stands for. @throws AdminError */
async function open(): Promise<Session> {
  const caller = await readSession();
  if (location.pathname === "/signin") navigate("/", { replace: true });
  return { state: "open", caller };
}

async function enter(): Promise<Session> {
  const code = takeCode();
  try {
    if (code !== undefined) await signIn({ code });
    return await open();
  } catch (thrown) {
    const failure = asAdminError(thrown);
    if (failure.status === 0 || failure.status >= 500) return { state: "unreachable", failure };
    if (code === undefined) return { state: "closed" };
    // An old link in a browser that is signed in already: no reason to shut it out.
    return open().catch((): Session => ({ state: "closed", refusal: failure }));
  }
}

function takeCode(): string | undefined {
  if (location.pathname !== "/signin" || location.hash.length < 2) return undefined;
  const code = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", "/signin");
  return code;
}
