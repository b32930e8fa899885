import { type CloudName, cloudNames } from "../core/clouds";
import type { LimitRow, LimitUnit } from "../core/limits";

type Bounds = Pick<LimitRow, "min" | "max" | "oneOf" | "service" | "source" | "confidence">;

/** One row for each cloud of a property that it offers at all. */
export function rows(property: string, unit: LimitUnit, byCloud: Partial<Record<CloudName, Bounds>>): LimitRow[] {
  return cloudNames.flatMap((cloud) => {
    const bounds = byCloud[cloud];
    return bounds ? [{ property, cloud, unit, ...bounds }] : [];
  });
}

const local = { service: "the local cloud", source: "local/README.md", confidence: "V" } as const;
export const here = (min: number, max: number): Bounds => ({ min, max, ...local });

/** Memory of a function, the same for every pattern that runs one. */
export const memory: readonly LimitRow[] = rows("memory", "MiB", {
  aws: { min: 128, max: 10240, service: "AWS Lambda", source: "Lambda CreateFunction.MemorySize", confidence: "V" },
  azure: {
    oneOf: [512, 2048, 4096],
    service: "Azure Functions Flex Consumption",
    source: "Azure Functions: Flex Consumption plan, instance sizes",
    confidence: "D",
  },
  gcp: { min: 128, max: 32768, service: "Cloud Run functions", source: "Cloud Run functions: quotas", confidence: "D" },
  local: here(64, 4096),
});
