import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../runtime/handler";
import type { Grant } from "./grant";

declare const shape: unique symbol;

/** Where a handler lives. `Handler` is its type, for the compiler only. */
export interface Code<Handler = unknown> {
  readonly [shape]: Handler;
  readonly file: string;
  readonly export: string;
}

type Callable = (...args: never[]) => unknown;
type Exported<Module> = { [Key in keyof Module & string]: Module[Key] extends Callable ? Key : never }[keyof Module &
  string];

/**
 * Names a handler module, typed by its own import: `code<typeof import("./handlers/fulfil")>(__dirname, "handlers/fulfil")`.
 * The import is a type: nothing of the handler is loaded at deployment, it is bundled.
 * @param directory the caller's `__dirname`
 * @param file path of the module from there, without extension
 * @param name which export handles; default `handler`
 */
export function code<Module, Name extends Exported<Module> = "handler" & Exported<Module>>(
  directory: string,
  file: string,
  name?: Name,
): Code<Module[Name & keyof Module]> {
  return { file: join(directory, file), export: name ?? "handler" } as Code<Module[Name & keyof Module]>;
}

/** The source file behind a `Code`, or undefined when there is none. TypeScript first: a compiled twin beside it is older. */
export function sourceOf(code: Code): string | undefined {
  return [".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs", ""]
    .map((extension) => code.file + extension)
    .find((file) => existsSync(file));
}

type UsesOf<Handler> = Handler extends (input: never, ctx: Context<infer Uses>) => unknown ? Uses : never;

/** The clients that a handler's declaration asks for, as grants to be listed. */
export type GrantsFor<Handler> = { readonly [Key in keyof UsesOf<Handler>]: Grant<UsesOf<Handler>[Key]> };

/** `uses` is required exactly when the handler asks for clients, and then names each of them and no other. */
export type UsesArg<Handler> = [keyof UsesOf<Handler>] extends [never]
  ? { readonly uses?: Readonly<Record<string, never>> }
  : { readonly uses: GrantsFor<Handler> };

/** Shown by the compiler when a handler takes other input than the component gives it. */
export interface HandlerMismatch {
  readonly "the handler does not take this input": never;
}
