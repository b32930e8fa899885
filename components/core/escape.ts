/**
 * Escape hatches, typed per cloud. Empty here: each `components/<cloud>/index.ts` adds its own with `declare module`,
 * so that no file a user reaches from the package root names a provider. With no cloud in sight `transform` is `never`;
 * `import type {} from "serverless-blueprints/aws"` opens it.
 *
 * Shape of an addition: `interface Escapes { aws: { QueueWorker: { args: { queue: QueueArgs }; nodes: { queue: Queue } } } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: cloud folders add to it
export interface Escapes {}

type Part<Cloud extends keyof Escapes, Kind, Side extends "args" | "nodes"> = Kind extends keyof Escapes[Cloud]
  ? Escapes[Cloud][Kind] extends { [S in Side]: infer Value }
    ? Value
    : never
  : never;

/** Last word on a child's arguments: change them in place or return others. Called once for each child of that name. */
export type Transform<Args> = { readonly [Node in keyof Args]?: (args: Args[Node]) => Args[Node] | undefined };

/** `transform: { aws: { queue: (args) => ({ ...args, … }) } }`: only the selected cloud's part is used. */
export type Transforms<Kind> = [keyof Escapes] extends [never]
  ? never
  : { readonly [Cloud in keyof Escapes]?: Transform<Part<Cloud, Kind, "args">> };

/** The provider's own resources behind a component: `worker.nodes.aws?.queue`. Only the selected cloud's part is there. */
export type Nodes<Kind> = { readonly [Cloud in keyof Escapes]?: Part<Cloud, Kind, "nodes"> };

/** Makes the function that a realization passes every child's arguments through. */
export function shaper<Args>(
  transform: Transform<Args> | undefined,
): <Node extends keyof Args>(node: Node, args: Args[Node]) => Args[Node] {
  return (node, args) => transform?.[node]?.(args) ?? args;
}
