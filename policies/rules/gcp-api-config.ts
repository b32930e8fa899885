/** Who may call an API behind Google's API Gateway: its OpenAPI document says so, operation by operation. */
import { hasUnknown, isObject, isUnknown, known, valueAt } from "../known";
import { component, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../model";
import { readDefinition } from "./definitions";
import { list } from "./expect";
import { declaredRoutes } from "./grants";
import { authenticates, type Operation, operationsOf, shapeOf } from "./openapi";

export function apiConfig(resource: ResourceView, stack: StackView): Finding | undefined {
  const documents = known(resource.props, "openapiDocuments");
  // gRPC services have documents of another kind.
  if (documents.state === "absent") return undefined;
  const owner = stack.owner(resource);
  const routes = owner?.type === component("HttpApi") ? declaredRoutes(owner) : undefined;
  if (documents.state === "unknown" || hasUnknown(documents.value))
    return routes
      ? pass(`its document is known after deployment; HttpApi "${owner?.name}" declares who may call each route`)
      : undetermined("its document is known after deployment only");
  const open = list(documents.value).flatMap((one) => openIn(valueAt(one, "document.contents")));
  const declared = new Set(routes?.flatMap((route) => (route.auth === "none" ? [shapeOf(route)] : [])));
  const admitting = open.filter((one) => !declared.has(shapeOf(one)));
  if (admitting.length === 0)
    return pass(open.length > 0 ? "what is public is declared so" : "callers of every operation authenticate");
  return fail(
    `anyone may call ${admitting.length} of its operations: give them security, or declare them public through HttpApi`,
  );
}

/** Operations without a security requirement; a preflight request carries no credentials. Throws where there is no document. */
function openIn(contents: unknown): readonly Operation[] {
  if (typeof contents !== "string" || isUnknown(contents)) throw new TypeError("a document has no contents");
  const document: unknown = readDefinition(Buffer.from(contents, "base64").toString("utf8"));
  if (!isObject(document)) throw new TypeError("a document is no OpenAPI document");
  return operationsOf(document).filter(({ content }) => !authenticates(content.security ?? document.security));
}
