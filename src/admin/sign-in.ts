import type { Control } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answers } from "./answer.ts";
import { permissionsOf } from "./roles.ts";
import { components } from "./schemas.ts";
import { endedSession, startedSession } from "./session-cookie.ts";

/** Sessions of browsers: how they begin, whose they are, how they end. */
export function sessionAnswers(
  { session }: Pick<Control, "session">,
  clock: Clock,
): Pick<Answers, "signIn" | "readSession" | "signOut"> {
  return {
    signIn: async ({ body, isSecure, refused }) => {
      const wanted = await body(components.SignIn);
      const opened =
        "code" in wanted ? session.redeem(wanted.code) : await session.signIn(wanted.name, wanted.password);
      if (opened === undefined) {
        const message =
          "code" in wanted
            ? "This sign-in link is used up, old or wrong. `sallyport admin-link` prints a new one."
            : "This name and password do not open the gate.";
        throw refused(new GatewayError("unauthenticated", "wrong sign-in", { message }));
      }
      return {
        data: { expiresAt: opened.expiresAt },
        headers: startedSession(opened, { now: clock.now(), isSecure }),
      };
    },
    readSession: ({ caller, operator }) => ({
      data: {
        kind: caller?.kind ?? "bearer",
        ...operator,
        permissions: [...permissionsOf(operator.role)],
      },
    }),
    signOut: ({ caller, isSecure }) => {
      if (caller?.kind !== "session") {
        throw new GatewayError("conflict", "a bearer token has no session", {
          message: "This caller signed in by bearer token: there is no session to end.",
        });
      }
      session.end(caller.token);
      return { data: { isSignedIn: false }, headers: endedSession(isSecure) };
    },
  };
}
