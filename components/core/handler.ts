import { type Bundle, bundle, type HandlerExport } from "./bundle";
import type { CloudName } from "./clouds";
import type { Code } from "./code";
import type { Problem } from "./errors";
import type { GrantData } from "./grant";

/** A function to be deployed: its bundle and what it may use. Nothing in it is optional. */
export interface HandlerSpec {
  readonly bundle: Bundle;
  readonly uses: Readonly<Record<string, GrantData>>;
  /** Read and write access to the idempotency store. */
  readonly idempotency: GrantData | undefined;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
}

export interface HandlerRequest extends Omit<HandlerSpec, "bundle"> {
  readonly adapter: string;
  readonly code: Code;
  readonly exports: readonly HandlerExport[];
}

/** Bundles a handler; what is wrong with its source comes back as problems. */
export function handlerSpec(
  cloud: CloudName,
  request: HandlerRequest,
): HandlerSpec | { readonly problems: readonly Problem[] } {
  const { adapter, code, exports, ...rest } = request;
  const made = bundle({ cloud, adapter, code, exports, uses: rest.uses, idempotency: rest.idempotency !== undefined });
  return "problems" in made ? made : { ...rest, bundle: made };
}
