import { useEffect } from "preact/hooks";
import { CodeBlock } from "../../parts/code-block.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Logo } from "../../parts/logo.tsx";
import type { Session, useSession } from "../../session.ts";
import { PasswordForm } from "./password-form.tsx";

/** The door from outside: how to get a link that opens it. */
export function SignInPage(props: {
  readonly session: Exclude<Session, { state: "asking" | "open" }>;
  readonly retry: () => void;
  readonly enterAs: ReturnType<typeof useSession>["enterAs"];
}) {
  const { session, retry, enterAs } = props;
  useEffect(() => {
    document.title = "Sign in · Sallyport";
  }, []);
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <Logo />
        <h1>{session.state === "unreachable" ? "The gate does not answer" : "Sign in to Sallyport"}</h1>
        {session.state === "unreachable" ? (
          <FailureNote failure={session.failure} retry={retry} isStale={false} />
        ) : (
          <>
            {session.refusal === undefined ? null : (
              <p class="note bad" role="alert">
                <Icon name="warning" />
                {session.refusal.status === 401
                  ? "This link did not open the gate: it works once, and for ten minutes. Get a new one."
                  : session.refusal.message}
              </p>
            )}
            {session.isLost === true ? (
              <p class="note warn" role="alert">
                <Icon name="warning" />
                Your session has ended: its time is over, or the gateway was started anew.
              </p>
            ) : null}
            <PasswordForm enterAs={enterAs} />
            <h2 class="or">Without a password</h2>
            <p>
              You enter by a link that works once. On the machine of the gateway, in the folder it was started
              in:
            </p>
            <CodeBlock text="sallyport admin-link" label="command" />
            <p class="muted">
              In a clone of the project: <code>npm run sallyport -- admin-link</code>. Open the link it prints
              in this browser; the session lasts a day, and ends after eight hours without use.
            </p>
          </>
        )}
      </div>
    </main>
  );
}
