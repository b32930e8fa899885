import { pass, type ResourceRule, type ResourceView, type StackView } from "../model";
import { textsOf } from "../settings";
import { referred } from "./referred";

export const allowedPublicFunctions = "allowedPublicFunctions";

const functions = [
  "aws:lambda/function:Function",
  "azure-native:web:WebApp",
  "azure-native:web:WebAppSlot",
  "azure-native:app:ContainerApp",
  "gcp:cloudfunctions/function:Function",
  "gcp:cloudfunctionsv2/function:Function",
  "gcp:cloudrun/service:Service",
  "gcp:cloudrunv2/service:Service",
];
/** Inputs by which a permission, an address or a binding names its function. */
const naming = ["function", "functionName", "cloudFunction", "service", "name"];

function functionsOf(resource: ResourceView, stack: StackView): readonly ResourceView[] {
  if (functions.includes(resource.type)) return [resource];
  return naming.flatMap((property) => referred(resource, property, stack, functions));
}

/** Functions that the configuration names may be public; who may invoke the others is judged as ever. */
export function unlessAllowed(judge: ResourceRule["judge"]): ResourceRule["judge"] {
  return (resource, stack) => {
    const allowed = textsOf(stack, allowedPublicFunctions);
    const of = allowed.length > 0 ? functionsOf(resource, stack) : [];
    const isAllowed = of.length > 0 && of.every(({ name }) => allowed.includes(name));
    return isAllowed ? pass("the configuration lets its function be public") : judge(resource, stack);
  };
}
