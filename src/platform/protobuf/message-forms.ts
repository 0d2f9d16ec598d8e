import {
  createRegistry,
  fromBinary,
  fromJson,
  fromJsonString,
  type JsonValue,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { GatewayError } from "../../kernel/errors.ts";
import { unreachable } from "../../kernel/invariant.ts";
import type { MessageForms, OwnMessage } from "../../ports/message-forms.ts";
import { file_ai_v1_chat } from "./generated/ai/v1/chat_pb.ts";
import { file_grpc_health_v1_health } from "./generated/grpc/health/v1/health_pb.ts";
import { gunzip } from "./gunzip.ts";

type Registry = ReturnType<typeof createRegistry>;
type Schema = NonNullable<ReturnType<Registry["getMessage"]>>;

/** Halves of surrogate pairs, which JSON may have and protobuf may not, become U+FFFD. */
function readAs(schema: Schema, json: string, registry: Registry) {
  const options = { registry, ignoreUnknownFields: true };
  if (!/\\u[dD][89a-fA-F]/.test(json) && json.isWellFormed()) return fromJsonString(schema, json, options);
  const whole: JsonValue = JSON.parse(json, (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );
  return fromJson(schema, whole, options);
}

/** The messages of the gateway's own services in both forms, by their generated descriptions. */
export function createMessageForms(): MessageForms {
  const registry = createRegistry(file_ai_v1_chat, file_grpc_health_v1_health);
  const schemaOf = (message: OwnMessage) =>
    registry.getMessage(message) ?? unreachable(`there is no message ${message}`);
  return {
    gunzip,
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
    readJson: (message, json) => {
      const schema = schemaOf(message);
      try {
        return toJsonString(schema, readAs(schema, json, registry), { registry });
      } catch (thrown) {
        throw new GatewayError("malformed_request", String(thrown), {
          message: `The body is no JSON of ${message}.`,
          cause: thrown,
        });
      }
    },
    toBytes: (message, json) => {
      const schema = schemaOf(message);
      try {
        return toBinary(schema, readAs(schema, json, registry));
      } catch (thrown) {
        throw new GatewayError("internal", `no ${message}: ${String(thrown)}`, { cause: thrown });
      }
    },
  };
}
