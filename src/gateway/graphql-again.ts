import type { ServiceLeave } from "../pipeline/service-call.ts";
import { type GraphqlPost, type OpenAnswer, openAnswer } from "./graphql-ask.ts";
import type { AskPorts } from "./graphql-leave.ts";

/**
 * Asks a service what may be asked twice: where the connection fails before an answer has begun, one more try is made, if it
 * is paid for, at another address if there is one. Never for mutations, nor for what the service has answered.
 *
 * @throws GatewayError
 */
export async function openQuery(post: GraphqlPost, ports: AskPorts): Promise<OpenAnswer> {
  const { target } = post;
  const asked: string[] = [];
  let leaves = 0;
  const leaveFor = async (): Promise<ServiceLeave> => {
    const leave = await ports.leaveFor(target, asked);
    leaves += 1;
    if (leave.address !== undefined) asked.push(leave.address);
    return leave;
  };
  try {
    return await openAnswer(post, { ...ports, leaveFor });
  } catch (thrown) {
    if (leaves === 0 || ports.signal.aborted || !ports.mayTryAgain(target)) throw thrown;
    return openAnswer(post, { ...ports, leaveFor });
  }
}
