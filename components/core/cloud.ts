import type { CloudName } from "./clouds";
import type { ContractRow } from "./contract";
import type { GrantRecord } from "./grant";

/** What a cloud made of a pattern. */
export interface Realization<Outputs = object> {
  readonly contract: readonly ContractRow[];
  readonly grants: readonly GrantRecord[];
  /** The provider's resources, typed for users by `Escapes`. */
  readonly nodes: object;
  readonly outputs: Outputs;
}

/** A gap, as a value: why, and what to do instead. Using the pattern there is refused with both (SB-C003). */
export interface Unsupported {
  readonly unsupported: string;
  readonly instead: string;
}

/** Makes the children of `self` that give what the parsed `spec` asks for. */
export type Realizer<Self, Spec, Outputs> = Unsupported | ((self: Self, spec: Spec) => Realization<Outputs>);

/**
 * A cloud: one realization for each pattern. Every neutral pattern adds its own line to this interface with
 * `declare module`, and the compiler then demands it of all four clouds.
 */
export interface Cloud {
  readonly name: CloudName;
}
