import { cloudNames } from "../../components/core/clouds";
import type { Asked, Properties } from "./answers";
import { document, mark, markdown, note } from "./markdown";
import { peers } from "./peers";

export function matrix(
  kinds: readonly (readonly [string, Properties])[],
  asked: Asked,
  counts: readonly (readonly string[])[],
): string {
  const refusals: string[] = [];
  const tables = kinds.map(([kind, properties]) => {
    const parts = [`## ${kind}`];
    const own = [...asked].filter(([feature]) => feature.kind === kind);
    if (own.length > 0) {
      const rows = own.map(([feature, clouds]) => [
        feature.asked,
        ...cloudNames.map((cloud) => {
          const answer = clouds.get(cloud);
          if (answer && "refused" in answer) {
            refusals.push(`${kind}, ${feature.asked}, on ${cloud}: ${answer.refused} (${answer.code}).`);
            return `refused [${refusals.length}]`;
          }
          return answer ? mark(answer.row) : "";
        }),
      ]);
      parts.push(markdown([["asked for", ...cloudNames], ...rows]));
    }
    const rows = [...properties].map(([property, clouds]) => [
      `\`${property}\``,
      ...cloudNames.map((cloud) => mark(clouds.get(cloud))),
    ]);
    parts.push(markdown([["property", ...cloudNames], ...rows]));
    return parts.join("\n\n");
  });
  return document([
    "# Support matrix",
    note,
    "`native`: the service does it. `emulated`: shipped runtime code does it. —: not on this cloud, and the component says so in its contract. `refused`: asked for, the component refuses to be made, with the reason below. `not asked`: no blueprint asks for it.",
    ...tables,
    `## What is refused, and why\n\n${refusals.map((reason, index) => `${index + 1}. ${reason}`).join("\n")}`,
    `## What clients and adapters are tested against\n\n${markdown([["cloud", "service", "stands in for it"], ...peers])}\n\nPlans are held against the providers' own schemas, and whole stacks run under the real Pulumi engine with stand-in providers. Nothing here was deployed to an account.`,
    `## Stacks\n\n${markdown([["stack", "resources"], ...counts])}`,
  ]);
}
