import { createRegistry, fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import { GatewayError } from "../../kernel/errors.ts";
import { unreachable } from "../../kernel/invariant.ts";
import type { MessageForms, OwnMessage } from "../../ports/message-forms.ts";
import { file_ai_v1_chat } from "./generated/ai/v1/chat_pb.ts";
import { file_grpc_health_v1_health } from "./generated/grpc/health/v1/health_pb.ts";

/** The messages of the gateway's own services in both forms, by their generated descriptions. */
export function createMessageForms(): MessageForms {
  const registry = createRegistry(file_ai_v1_chat, file_grpc_health_v1_health);
  const schemaOf = (message: OwnMessage) =>
    registry.getMessage(message) ?? unreachable(`there is no message ${message}`);
  return {
    toJson: (message, bytes) => {
      const schema = schemaOf(message);
      try {
        return toJsonString(schema, fromBinary(schema, bytes), { registry });
      } catch (thrown) {
        throw new GatewayError("malformed_request", String(thrown), {
          message: `The bytes are no ${message}.`,
          cause: thrown,
        });
      }
    },
    toBytes: (message, json) => {
      const schema = schemaOf(message);
      try {
        return toBinary(schema, fromJsonString(schema, json, { registry, ignoreUnknownFields: true }));
      } catch (thrown) {
        throw new GatewayError("internal", `no ${message}: ${String(thrown)}`, { cause: thrown });
      }
    },
  };
}
