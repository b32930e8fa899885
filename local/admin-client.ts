import { type Address, findRunning, startCommand } from "./address";
import type { ShownDeadLetter } from "./admin";
import { type ErrorName, LocalCloudError } from "./errors";
import type { State, Target } from "./provider/handlers";
import type { ResourceType } from "./resources";
import type { CloudStats } from "./stats";

/** Speaks to a running local cloud as its operator. */
export class AdminClient implements Target {
  constructor(private readonly address: Address) {}

  /** The cloud that this user runs, or an error with the command that starts one. */
  static async connect(): Promise<AdminClient> {
    const address = await findRunning();
    if (!address) throw new LocalCloudError("NotRunning", `no local cloud is running; start one with: ${startCommand}`);
    return new AdminClient(address);
  }

  get bootId(): string {
    return this.address.bootId;
  }

  readonly create = (type: ResourceType, inputs: object): Promise<State> =>
    this.#send("POST", ["resources", type], inputs);

  readonly update = (type: ResourceType, name: string, inputs: object): Promise<State> =>
    this.#send("PUT", ["resources", type, name], inputs);

  readonly delete = async (type: ResourceType, name: string): Promise<void> => {
    await this.#send("DELETE", ["resources", type, name]);
  };

  readonly read = async (type: ResourceType, name: string): Promise<State | undefined> => {
    try {
      return await this.#send<State>("GET", ["resources", type, name]);
    } catch (error) {
      if (error instanceof LocalCloudError && error.name === "NotFound") return undefined;
      throw error;
    }
  };

  stats(): Promise<CloudStats> {
    return this.#send("GET", ["stats"]);
  }

  /** The oldest `limit`; bodies only with `payload`. */
  deadLetters(
    queue: string,
    options: { readonly payload?: boolean; readonly limit?: number } = {},
  ): Promise<{ readonly total: number; readonly deadLetters: readonly ShownDeadLetter[] }> {
    const { payload = false, limit = 1000 } = options;
    return this.#send(
      "GET",
      ["queues", queue, "dead-letters"],
      undefined,
      `?limit=${limit}${payload ? "&payload=1" : ""}`,
    );
  }

  deadLetter(queue: string, id: string, options: { readonly payload?: boolean } = {}): Promise<ShownDeadLetter> {
    return this.#send("GET", ["queues", queue, "dead-letters", id], undefined, options.payload ? "?payload=1" : "");
  }

  /** Without `ids` all. Resolves to how many were sent back. */
  async redrive(queue: string, ids?: readonly string[]): Promise<number> {
    return (await this.#send<{ redriven: number }>("POST", ["queues", queue, "redrive"], ids ? { ids } : {})).redriven;
  }

  /** Deletes dead letters for good; without `ids` all. */
  async purge(queue: string, ids?: readonly string[]): Promise<number> {
    const body = { confirm: queue, ...(ids && { ids }) };
    return (await this.#send<{ purged: number }>("DELETE", ["queues", queue, "dead-letters"], body)).purged;
  }

  /** Publishes what a rule's bus has archived once more, to this rule only. Resolves to how many events that were. */
  async replay(
    rule: string,
    replay: { readonly name: string; readonly from: number; readonly to: number },
  ): Promise<number> {
    return (await this.#send<{ replayed: number }>("POST", ["subscriptions", rule, "replay"], replay)).replayed;
  }

  async setSecret(name: string, value: string): Promise<void> {
    await this.#send("PUT", ["secrets", name, "value"], { value });
  }

  async #send<Result>(method: string, path: readonly string[], body?: object, query = ""): Promise<Result> {
    const url = `${this.address.url}/v1/${path.map(encodeURIComponent).join("/")}${query}`;
    const headers = { authorization: `Bearer ${this.address.token}`, "content-type": "application/json" };
    let response: Response;
    try {
      response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    } catch {
      throw new LocalCloudError(
        "NotRunning",
        `the local cloud at ${this.address.url} does not answer; start one with: ${startCommand}`,
      );
    }
    const value: unknown = await response.json();
    if (response.ok) return value as Result;
    const name = (response.headers.get("local-cloud-error") ?? "InvalidInput") as ErrorName;
    throw new LocalCloudError(
      name,
      (value as { detail?: string }).detail ?? `the local cloud answered ${response.status}`,
    );
  }
}
