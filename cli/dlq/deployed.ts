/** Where a deployed component keeps its dead letters: the stack's state says so. */
import { componentOf, type State, stateOf } from "../deployed/state";
import type { Stack } from "../project";

export interface Deployed {
  readonly component: string;
  /** Outputs of the component: where dead letters wait, and where they go when they are sent back. */
  readonly deadLetters: string;
  readonly queue: string;
  readonly resource: State["resource"];
}

export async function deployed(stack: Stack, component: string): Promise<Deployed> {
  const state = await stateOf(stack);
  const { outputs } = componentOf(
    state,
    component,
    "component with dead letters",
    (one) => typeof one.outputs.deadLetters === "string",
  );
  const { deadLetters, queue = "" } = outputs;
  return { component, deadLetters: String(deadLetters), queue: String(queue), resource: state.resource };
}
