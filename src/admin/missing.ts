import { GatewayError } from "../kernel/errors.ts";

/** @throws GatewayError `route_not_found`: the same for what does not exist and for what the caller may not see. */
export function missing(what: string): never {
  throw new GatewayError("route_not_found", `no ${what} of this id`, {
    message: `There is no ${what} of this id.`,
    param: "id",
  });
}
