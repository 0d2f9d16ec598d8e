import type { MessageForms } from "../ports/message-forms.ts";

/** Loads protobuf when the first call of an own service needs it: most gateways never have one. */
export function messageFormsLoader(): () => Promise<MessageForms> {
  let loading: Promise<MessageForms> | undefined;
  return () => {
    loading ??= import("../platform/protobuf/index.ts").then(({ createMessageForms }) =>
      createMessageForms(),
    );
    return loading;
  };
}
