import { isUnknown, known } from "../../known";
import { type Finding, fail, type ResourceView, undetermined } from "../../model";
import { list } from "../expect";

/** Each role that a definition of Lighthouse hands to another tenant, those too that it may hand on there, or may be taken for a while. */
export function delegated({ props }: ResourceView, judge: (role: unknown) => Finding): readonly Finding[] {
  return ["authorizations", "eligibleAuthorizations"].flatMap((kind) => {
    const found = known(props, `properties.${kind}`);
    if (found.state === "absent") return [];
    if (found.state === "unknown") return [undetermined(`${kind} are known after deployment only`)];
    if (!Array.isArray(found.value)) return [fail(`${kind} is no list`)];
    return found.value.flatMap((one) => {
      const role = known(one, "roleDefinitionId");
      const handed = known(one, "delegatedRoleDefinitionIds");
      const roles = [
        ...(role.state === "value" ? [role.value] : []),
        ...list(handed.state === "value" ? handed.value : []),
      ];
      const vague = isUnknown(one) || [role, handed].some(({ state }) => state === "unknown") || roles.some(isUnknown);
      return [
        ...roles.filter((id) => !isUnknown(id)).map(judge),
        ...(vague ? [undetermined("a role is known after deployment only")] : []),
      ];
    });
  });
}
