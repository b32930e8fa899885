import { type RestReply, rest } from "../../runtime/rest";
import { run } from "./run";

/** A token of whoever is signed in to the Azure CLI. `what`: what it is needed for. */
export async function azureToken(resource: string, what: string): Promise<string> {
  const args = ["account", "get-access-token", "--resource", resource, "--query", "accessToken", "--output", "tsv"];
  const text = await run("az", args, process.cwd(), {
    missing: `${what} on azure needs the access token of the Azure CLI, and there is none`,
    install: "install it (https://learn.microsoft.com/cli/azure/install-azure-cli) and az login",
    failed: "az account get-access-token failed",
    wayOut: "az login",
  });
  return text.trim();
}

export type BusCall = (
  method: string,
  url: string,
  request: { readonly headers?: Record<string, string>; readonly body?: string; readonly expected?: readonly number[] },
) => Promise<RestReply>;

/** Service Bus's REST interface. */
export function busCaller(what: string): BusCall {
  let token: Promise<string> | undefined;
  return async (method, url, { headers = {}, ...request }) => {
    token ??= azureToken("https://servicebus.azure.net", what);
    return rest({
      ...request,
      method,
      url,
      headers: { authorization: `Bearer ${await token}`, ...headers },
      operation: `Service Bus ${method}`,
    });
  };
}

export interface BusMessage {
  readonly Body: string;
  readonly BrokerProperties: Readonly<Record<string, string | undefined>>;
  readonly UserProperties: Readonly<Record<string, string | number>>;
}

/** Puts a message on a queue; `queue`: its whole address. */
export async function sendToBusQueue(call: BusCall, queue: string, message: BusMessage): Promise<void> {
  const headers = { "content-type": "application/vnd.microsoft.servicebus.json" };
  await call("POST", `${queue}/messages`, { headers, body: JSON.stringify([message]) });
}
