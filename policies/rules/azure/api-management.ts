/** Who may call what API Management has on offer: each operation of an API, or an imported API as a whole. */
import { isUnknown, known, valueAt } from "../../known";
import { component, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { declaredRoutes } from "../grants";

const api = "azure-native:apimanagement:Api";
const operation = "azure-native:apimanagement:ApiOperation";

/** Policies by where they hold, and the input by which they name it. */
const ofOperation = ["azure-native:apimanagement:ApiOperationPolicy", "operationId"] as const;
const ofApi = ["azure-native:apimanagement:ApiPolicy", "apiId"] as const;

/** Elements of a policy document that turn away who has not shown who it is. */
const authenticates = /<validate-(jwt|azure-ad-token|client-certificate)[\s>/]/;
/** By parts: an expression would start anew at each beginning of a comment. */
export const uncommented = (document: string): string =>
  document
    .split("<!--")
    .map((part, index) => (index === 0 ? part : part.split("-->").slice(1).join("-->")))
    .join("");

/** True of a resource that names this one, by where its value comes from or by the same text. */
function names(resource: ResourceView, property: string, of: ResourceView, stack: StackView): boolean {
  const from = stack.dependencies(resource, property);
  if (from.length > 0) return from.includes(of);
  const id = valueAt(resource.props, property);
  return typeof id === "string" && !isUnknown(id) && id === valueAt(of.props, property);
}

/** What the documents of some policies say: `yes` as soon as one authenticates, `unknown` where one cannot be read yet. */
function asked(policies: readonly ResourceView[]): "yes" | "no" | "unknown" {
  const documents = policies.map(({ props }) => known(props, "value"));
  if (documents.some((one) => one.state === "value" && authenticates.test(uncommented(String(one.value)))))
    return "yes";
  return documents.some(({ state }) => state === "unknown") ? "unknown" : "no";
}

/** An API that was imported has no operations of its own in the stack: what holds for it holds for all of them. */
export function importedApi(resource: ResourceView, stack: StackView): Finding | undefined {
  if (stack.ofType(operation).some((one) => names(one, "apiId", resource, stack))) return undefined;
  return (
    called(resource, stack, policiesOf(ofApi, resource, stack)) ??
    fail("anyone may call this API: set subscriptionRequired to true, or let an ApiPolicy validate tokens")
  );
}

const policiesOf = ([type, property]: readonly [string, string], of: ResourceView, stack: StackView) =>
  stack.ofType(type).filter((one) => names(one, property, of, stack));

/** An operation may be public where the component of its API says so. */
export function apiOperation(resource: ResourceView, stack: StackView): Finding {
  const whole = stack.ofType(api).find((one) => names(resource, "apiId", one, stack));
  const finding = called(whole, stack, [
    ...policiesOf(ofOperation, resource, stack),
    ...(whole ? policiesOf(ofApi, whole, stack) : []),
  ]);
  if (finding?.verdict === "pass") return finding;
  const owner = stack.owner(resource);
  if (owner?.type !== component("HttpApi"))
    return (
      finding ??
      fail("anyone may call this operation: let a policy validate tokens, or declare it public through HttpApi")
    );
  const key = `${String(valueAt(resource.props, "method"))} ${String(valueAt(resource.props, "urlTemplate"))}`;
  const declared = declaredRoutes(owner)?.find(({ method, path }) => `${method} ${path}` === key);
  if (declared?.auth === "none") return pass(`HttpApi "${owner.name}" declares it public`);
  if (!finding) return fail(`anyone may call this operation, and HttpApi "${owner.name}" does not declare it public`);
  return declared
    ? pass(`its policy is known after deployment; HttpApi "${owner.name}" declares that callers authenticate`)
    : finding;
}

/** Why callers are known, or why that cannot be told yet; undefined where nothing asks who they are. */
function called(
  whole: ResourceView | undefined,
  stack: StackView,
  policies: readonly ResourceView[],
): Finding | undefined {
  // Products and subscriptions give out the keys.
  const keyed = whole ? known(whole.props, "subscriptionRequired") : ({ state: "unknown" } as const);
  if (keyed.state === "absent" || (keyed.state === "value" && keyed.value === true))
    return pass("callers show a subscription key");
  const ofService = stack
    .ofType("azure-native:apimanagement:Policy")
    .filter((one) => whole === undefined || sameService(one, whole, stack));
  const answer = asked([...policies, ...ofService]);
  if (answer === "yes") return pass("callers authenticate");
  return answer === "unknown" || keyed.state === "unknown"
    ? undetermined("who may call it is known after deployment only")
    : undefined;
}

function sameService(one: ResourceView, other: ResourceView, stack: StackView): boolean {
  const [from] = stack.dependencies(one, "serviceName");
  if (from) return stack.dependencies(other, "serviceName").includes(from);
  const name = valueAt(one.props, "serviceName");
  return typeof name === "string" && name === valueAt(other.props, "serviceName");
}
