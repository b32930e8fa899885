import { isObject, isUnknown, known, unknownValue } from "../../known";
import type { ResourceView } from "../../model";
import { list, texts } from "../expect";

/** Every IAM member, binding and policy resource of every service: `serviceIamMember`, `topicIAMBinding`, `iamPolicy`… */
export const gcpIam = /^gcp:\w+\/\w*?iam(Member|Binding|Policy):/i;

/** Those of projects, folders and organizations. */
export const aboveResources = /^gcp:(projects|folder|organizations)\/\w*?iam(Member|Binding|Policy):/i;

export interface Binding {
  /** Undefined while unknown. */
  readonly role: string | undefined;
  /** Known members. */
  readonly members: readonly string[];
  /** True where a member is not known yet. */
  readonly open: boolean;
  readonly condition: unknown;
}

/** The bindings that a resource declares; `unknown` where a policy is known after deployment only. Throws on a wrong shape. */
export function bindingsOf({ type, props }: ResourceView): readonly Binding[] | "unknown" {
  if (!/Policy$/.test(type)) {
    const members = known(props, "members").state === "absent" ? "member" : "members";
    return [binding(orUnknown(props, "role"), orUnknown(props, members), orUnknown(props, "condition"))];
  }
  const data = known(props, "policyData");
  if (data.state === "unknown") return "unknown";
  const policy: unknown = data.state === "value" && typeof data.value === "string" ? JSON.parse(data.value) : undefined;
  if (!isObject(policy)) throw new TypeError("policyData holds no policy");
  return list(policy.bindings).map((one) => {
    if (!isObject(one)) throw new TypeError("policyData holds a binding of a wrong shape");
    return binding(one.role, one.members, one.condition);
  });
}

/** The same for whoever looks for a grant among all: what has a wrong shape, which IAM-02 tells, grants nothing. */
export function bindingsRead(resource: ResourceView): ReturnType<typeof bindingsOf> {
  try {
    return bindingsOf(resource);
  } catch {
    return [];
  }
}

function orUnknown(props: unknown, path: string): unknown {
  const found = known(props, path);
  return found.state === "value" ? found.value : found.state === "unknown" ? unknownValue : undefined;
}

function binding(role: unknown, members: unknown, condition: unknown): Binding {
  const all = texts(members);
  if (typeof role !== "string" || !all) throw new TypeError("role and members must be text");
  return {
    role: isUnknown(role) ? undefined : role,
    members: all.filter((member) => !isUnknown(member)),
    open: all.some(isUnknown),
    condition,
  };
}

const everyone = new Set(["allusers", "allauthenticatedusers", "principalset://goog/public:all"]);
/** The principals that mean anyone with, or without, a Google account. */
export const isPublic = (member: string): boolean => everyone.has(member.trim().toLowerCase());
