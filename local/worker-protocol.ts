/** What the engine and a function's thread say to each other. Always lists: one crossing carries all of one turn. */
export interface Cause {
  readonly name: string;
  readonly message: string;
}

export type ToWorker =
  | { readonly kind: "run"; readonly run: number; readonly event: unknown }
  | { readonly kind: "answer"; readonly call: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly call: number; readonly error: Cause };

export type FromWorker =
  | { readonly kind: "ready" }
  /** The bundle cannot be loaded. */
  | { readonly kind: "unable"; readonly error: Cause }
  /** `idleMs`: how long the thread waited during the call for something else than the engine. */
  | { readonly kind: "reply"; readonly run: number; readonly idleMs: number; readonly reply: unknown }
  | { readonly kind: "threw"; readonly run: number; readonly idleMs: number; readonly error: Cause }
  | {
      readonly kind: "call";
      readonly call: number;
      readonly resource: string;
      readonly operation: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: "log"; readonly text: string };
