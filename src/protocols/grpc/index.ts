export { codeOf, grpcCode, statusName } from "./codes.ts";
export { type AllowedOrigins, type CorsDecision, decideCors } from "./cors.ts";
export { isGivenUp, isRefused, perform, statusOfFailure } from "./failure.ts";
export type {
  AnswerWriter,
  CallHead,
  Codec,
  GrpcFlavour,
  HeadReading,
  MessageLimits,
  RequestBody,
  Step,
  WholeAnswer,
} from "./flavour.ts";
export { type FlavourChoice, flavourOf } from "./flavour-of.ts";
export { type KnownFlavour, knownFlavourOf } from "./known-flavour.ts";
export { type Sending, upstreamFields } from "./metadata.ts";
export {
  errorOfFault,
  type GrpcStatus,
  statusOfError,
  statusOfFault,
} from "./status.ts";
export { deadlineOf } from "./timeout.ts";
