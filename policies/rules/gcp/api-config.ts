/** Who may call an API behind Google's API Gateway, and how it is sent on: its OpenAPI document says so. */
import { hasUnknown, isObject, isUnknown, known, type Properties, valueAt } from "../../known";
import { component, type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { readDefinition } from "../definitions";
import { list } from "../expect";
import { declaredRoutes } from "../grants";
import { authenticates, type Operation, operationsOf, undeclared } from "../openapi";

export function apiConfig(resource: ResourceView, stack: StackView): Finding | undefined {
  const documents = known(resource.props, "openapiDocuments");
  // gRPC services have documents of another kind.
  if (documents.state === "absent") return undefined;
  const owner = stack.owner(resource);
  const routes = owner && declaredRoutes(owner);
  if (documents.state === "unknown" || hasUnknown(documents.value))
    return routes
      ? pass(`its document is known after deployment; HttpApi "${owner?.name}" declares who may call each route`)
      : undetermined("its document is known after deployment only");
  const open = list(documents.value).flatMap((one) => openIn(documentIn(one)));
  const admitting = undeclared(open, routes);
  if (admitting.length === 0)
    return pass(open.length > 0 ? "what is public is declared so" : "callers of every operation authenticate");
  return fail(
    `anyone may call ${admitting.length} of its operations: give them security, or declare them public through HttpApi`,
  );
}

/** A document of an API. Throws where there is none. */
function documentIn(one: unknown): Properties {
  const contents = valueAt(one, "document.contents");
  if (typeof contents !== "string" || isUnknown(contents)) throw new TypeError("a document has no contents");
  const document: unknown = readDefinition(Buffer.from(contents, "base64").toString("utf8"));
  if (!isObject(document)) throw new TypeError("a document is no OpenAPI document");
  return document;
}

/** Operations without a security requirement; a preflight request carries no credentials. */
const openIn = (document: Properties): readonly Operation[] =>
  operationsOf(document).filter(({ content }) => !authenticates(content.security ?? document.security));

const backend = "x-google-backend";

/** The gateway sends on what it lets through to one address for the whole API, a path or an operation. */
export function backendTls(resource: ResourceView, stack: StackView): Finding | undefined {
  const documents = known(resource.props, "openapiDocuments");
  if (documents.state === "absent") return undefined;
  if (documents.state === "unknown" || hasUnknown(documents.value))
    return stack.owner(resource)?.type === component("HttpApi")
      ? pass("its document is known after deployment; it sends on to workloads of its component")
      : undetermined("its document is known after deployment only");
  const backends = list(documents.value).flatMap((one) => {
    const document = documentIn(one);
    const paths = isObject(document.paths) ? Object.values(document.paths) : [];
    const operations = operationsOf(document).map(({ content }) => content);
    return [document, ...paths, ...operations].map((level) => valueAt(level, backend));
  });
  return backends.some((one) => /^(http|grpc):/i.test(String(valueAt(one, "address") ?? "")))
    ? fail(`it sends requests on in clear: set the address of ${backend} to one of https`)
    : pass("it sends requests on over TLS");
}
