declare const client: unique symbol;

/** A component that can be used. */
export interface Target {
  readonly kind: string;
  readonly id: string;
}

/** What a grant allows, for the cloud that renders it and the bundler that picks the client. */
export interface GrantData {
  readonly target: Target;
  /** Which runtime module holds the client: `queue`, `table`, `secret`. */
  readonly capability: string;
  /** Which factory of that module makes it: `sender`, `reader`, `readWriter`. */
  readonly role: string;
  /** The operations it grants, as the contract and the local cloud name them. */
  readonly operations: readonly string[];
}

/**
 * A permission to use a component, and the only way to get one: listed under `uses`, it grants exactly its operations on
 * exactly that resource and puts a `Client` at `ctx.uses.<key>`.
 * Invariant in `Client`: what a handler asks for must be what it is given, neither less nor more.
 */
export interface Grant<Client> extends GrantData {
  readonly [client]: (c: Client) => Client;
}

/** Made by the components that can be used; the client type exists for the compiler only. */
export function grant<Client>(
  target: Target,
  capability: string,
  role: string,
  operations: readonly string[],
): Grant<Client> {
  const data: GrantData = { target, capability, role, operations };
  return data as Grant<Client>;
}

/** A declared edge as it is registered on the component and printed by `plan`. */
export interface GrantRecord {
  /** Who may: the component, with the route or part that acts where it has several. */
  readonly from: string;
  /** What it may use. */
  readonly to: string;
  readonly operations: readonly string[];
  /** The permissions in the cloud's own terms. */
  readonly rendered: readonly unknown[];
}
