import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Caller } from "./generated/client.ts";

/** Who is signed in; pages are behind the door, so that there is always somebody. */
export const CallerContext = createContext<Caller | undefined>(undefined);

/** Whether whoever is signed in holds `permission`: what is not permitted is not shown. */
export function useMay(permission: string): boolean {
  return useContext(CallerContext)?.permissions.includes(permission) ?? false;
}

/** The tenant that whoever is signed in is bound to; `undefined`: to none. */
export function useTenant(): string | undefined {
  return useContext(CallerContext)?.tenant;
}

/** Whether they hold `permission` for the whole gateway: who is bound to a tenant may not ask what is of all of them. */
export function useMayOfAll(permission: string): boolean {
  const isHeld = useMay(permission);
  return useTenant() === undefined && isHeld;
}
