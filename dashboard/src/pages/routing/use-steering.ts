import { useState } from "preact/hooks";
import { steerRoute } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";

type Action = Parameters<typeof steerRoute>[1]["action"];

/** Asks that a pool be steered, and tells how that goes. */
export function useSteering(route: string, onSet: () => void) {
  const [asked, setAsked] = useState<{ readonly isBusy: boolean; readonly problem?: string }>({
    isBusy: false,
  });
  const steer = async (action: Action): Promise<void> => {
    setAsked({ isBusy: true });
    try {
      await steerRoute(route, { action });
      setAsked({ isBusy: false });
      onSet();
    } catch (thrown) {
      setAsked({ isBusy: false, problem: asAdminError(thrown).message });
    }
  };
  return { ...asked, steer: (action: Action) => void steer(action) };
}
