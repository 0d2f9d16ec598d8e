import type { ComponentChildren } from "preact";
import type { Loaded } from "../live/use-loaded.ts";
import { FailureNote } from "./failure-note.tsx";

/** What a page shows of data that is asked for once: an outline, a failure, or the data. */
export function LoadState<Data>(props: {
  readonly loaded: Loaded<Data>;
  readonly reload: () => void;
  readonly children: (data: Data) => ComponentChildren;
}) {
  const { loaded, reload } = props;
  switch (loaded.state) {
    case "loading":
      return <div class="card table-skeleton" aria-busy="true" />;
    case "failed":
      return <FailureNote failure={loaded.failure} retry={reload} isStale={false} />;
    case "ready":
      return <>{props.children(loaded.data)}</>;
  }
}
