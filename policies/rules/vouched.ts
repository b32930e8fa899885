import { componentPrefix, type Finding, pass, type ResourceView, type StackView } from "../model";

/**
 * What a catalog component sets is not doubted while it is unknown: its own tests hold it at previews, and the control does
 * once it is deployed.
 */
export function vouched(findings: readonly Finding[], resource: ResourceView, stack: StackView): readonly Finding[] {
  const owner = stack.owner(resource);
  if (!owner || findings.some(({ verdict }) => verdict === "fail")) return findings;
  const by = `${owner.type.slice(componentPrefix.length)} "${owner.name}" sets it`;
  return findings.map((one) => (one.verdict === "undetermined" ? pass(`${one.message}; ${by}`) : one));
}
