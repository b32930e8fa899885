import { isUnknown, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackView, undetermined } from "../../model";
import { hasName } from "../../names";
import { list } from "../expect";

const apim = "azure-native:apimanagement:";
export const apiType = `${apim}Api`;
const ofApi = `${apim}ApiDiagnostic`;
const ofService = `${apim}Diagnostic`;
export const diagnosticTypes = [ofApi, ofService];

/** Every API has a diagnostic, its own or the service's. */
export function apiLogged(api: ResourceView, stack: StackView): Finding {
  const same = (one: ResourceView, property: string, other: string) => {
    const [theirs, own] = [known(one.props, property), known(api.props, other)];
    if (stack.dependencies(one, property).some((of) => of === api)) return true;
    return theirs.state === "value" && own.state === "value" && theirs.value === own.value;
  };
  const sharesService = (one: ResourceView) =>
    same(one, "serviceName", "serviceName") ||
    stack.dependencies(one, "serviceName").some((of) => stack.dependencies(api, "serviceName").includes(of));
  const own = stack.ofType(ofApi).filter((one) => same(one, "apiId", "apiId"));
  const shared = stack.ofType(ofService).filter(sharesService);
  if (own.length + shared.length > 0) return pass("its requests are logged");
  const open = stack
    .ofType(ofApi)
    .some((one) => known(one.props, "apiId").state === "unknown" && stack.dependencies(one, "apiId").length === 0);
  return open
    ? undetermined("whose diagnostic it is is known after deployment only")
    : fail("callers leave no trace: add an apimanagement.ApiDiagnostic with a logger and 100 percent sampling");
}

export function diagnosticComplete({ props }: ResourceView): readonly Finding[] {
  return [logger(props), sampling(props), ...["frontend", "backend"].flatMap((side) => quiet(props, side))];
}

function logger(props: unknown): Finding {
  return hasName(known(props, "loggerId")) ? pass("it has a logger") : fail("it logs nowhere: set loggerId");
}

function sampling(props: unknown): Finding {
  const share = known(props, "sampling.percentage");
  if (share.state === "unknown") return undetermined("sampling is known after deployment only");
  return share.state === "value" && share.value === 100
    ? pass("it logs every request")
    : fail("it leaves requests out: set sampling.percentage to 100");
}

/** Headers that let in whoever has read them. */
const credentials = /^(authorization|cookie|set-cookie|ocp-apim-subscription-key|x-api-key)$/i;

function quiet(props: unknown, side: string): readonly Finding[] {
  return ["request", "response"].map((part) => {
    const bytes = known(props, `${side}.${part}.body.bytes`);
    const headers = known(props, `${side}.${part}.headers`);
    if (bytes.state === "value" && bytes.value !== 0)
      return fail(`it logs payload, personal data included: set ${side}.${part}.body.bytes to 0`);
    const names = list(headers.state === "value" ? headers.value : []);
    if (names.some((name) => typeof name === "string" && !isUnknown(name) && credentials.test(name)))
      return fail(`it logs credentials: take them out of ${side}.${part}.headers`);
    return bytes.state === "unknown" || headers.state === "unknown" || names.some(isUnknown)
      ? undetermined("what it logs of a request is known after deployment only")
      : pass("it logs no payload");
  });
}
