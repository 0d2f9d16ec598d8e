import type { Problem } from "../exchange/codec.ts";
import { GatewayError } from "../kernel/errors.ts";

const shownMax = 5;

/** What is wrong with a client's body, in one error that names each place in the client's own spelling. */
export function problemsError(problems: readonly Problem[]): GatewayError {
  const shown = problems
    .slice(0, shownMax)
    .map(
      ({ path, expected, got }) =>
        `${path === "" ? "the body" : `\`${path}\``}: expected ${expected}, got ${got}`,
    );
  const more = problems.length > shownMax ? ` (and ${problems.length - shownMax} more)` : "";
  const [first] = problems;
  const param = first === undefined || first.path === "" ? {} : { param: first.path };
  return new GatewayError("malformed_request", shown.join("; "), {
    message: `The request body is not valid: ${shown.join("; ")}${more}.`,
    ...param,
  });
}
