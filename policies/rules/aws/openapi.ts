/** APIs of API Gateway that an OpenAPI document in their `body` makes: routes, methods and who may call them. */
import { isObject, known, type Properties, unknownValue, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { readDefinition } from "../definitions";
import { declaredRoutes } from "../grants";
import { authenticates, type Operation, operationsOf, undeclared } from "../openapi";

/** An HTTP API takes requirements of the whole document for every operation; a REST API does not read them. */
const httpApi = "aws:apigatewayv2/api:Api";

export function apiBody(resource: ResourceView, stack: StackView): Finding | undefined {
  const body = known(resource.props, "body");
  if (body.state === "absent") return undefined;
  const owner = stack.owner(resource);
  const routes = owner && declaredRoutes(owner);
  const vague = body.state === "value" && typeof body.value === "string" && body.value.includes(unknownValue);
  if (body.state === "unknown" || vague)
    return routes
      ? pass(`its body is known after deployment; HttpApi "${owner?.name}" declares who may call each route`)
      : undetermined("its body is known after deployment only");
  const open = openIn(body.value, resource);
  if (!open) return fail("its body is no OpenAPI document");
  const admitting = undeclared(open, routes);
  return admitting.length === 0
    ? pass(open.length > 0 ? "what is public is declared so" : "callers of every operation in its body authenticate")
    : fail(
        `anyone may call ${admitting.length} of the operations in its body: give each a security requirement whose scheme has an authorizer`,
      );
}

function openIn(body: unknown, { type }: ResourceView): readonly Operation[] | undefined {
  const document = typeof body === "string" ? read(body) : body;
  if (!isObject(document)) return undefined;
  const common = type === httpApi ? document.security : undefined;
  return operationsOf(document).filter(
    ({ content }) =>
      valueAt(content, "x-amazon-apigateway-auth.type") !== "AWS_IAM" &&
      !authenticates(content.security ?? common, (scheme) => isHeld(schemeOf(document, scheme), type)),
  );
}

function read(text: string): unknown {
  try {
    return readDefinition(text);
  } catch {
    return undefined;
  }
}

/** Both versions of OpenAPI. */
function schemeOf(document: Properties, name: string): unknown {
  const all = [valueAt(document, "components.securitySchemes"), document.securityDefinitions];
  return all
    .map((schemes) => (isObject(schemes) && Object.hasOwn(schemes, name) ? schemes[name] : undefined))
    .find(Boolean);
}

/** API Gateway checks what has an authorizer or asks for IAM, and REST APIs keys as well; of other schemes it takes no notice. */
const isHeld = (scheme: unknown, type: string): boolean =>
  isObject(scheme) &&
  (isObject(scheme["x-amazon-apigateway-authorizer"]) ||
    typeof scheme["x-amazon-apigateway-authtype"] === "string" ||
    (scheme.type === "apiKey" && type !== httpApi));
