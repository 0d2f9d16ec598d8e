import type { ComponentChildren } from "preact";
import type { Polled } from "../live/use-polling.ts";
import { FailureNote } from "./failure-note.tsx";

/** What a page shows of data that is asked for again and again: an outline, a failure, the data, or the last of two. */
export function PageState<Data>(props: {
  readonly polled: Polled<Data>;
  readonly children: (data: Data) => ComponentChildren;
}) {
  const { data, failure, retry } = props.polled;
  return (
    <>
      {failure === undefined ? null : (
        <FailureNote failure={failure} retry={retry} isStale={data !== undefined} />
      )}
      {data === undefined && failure === undefined ? (
        <div class="card table-skeleton" aria-busy="true" />
      ) : null}
      {data === undefined ? null : props.children(data)}
    </>
  );
}
