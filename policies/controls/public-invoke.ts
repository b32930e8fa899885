import { known } from "../known";
import { type Control, fail } from "../model";
import { permission, restMethod, route } from "../rules/aws/invoke";
import { apiBody } from "../rules/aws/openapi";
import { apiOperation, importedApi } from "../rules/azure/api-management";
import { containerApp, ingress } from "../rules/azure/container-apps";
import { easyAuth } from "../rules/azure/easy-auth";
import { siteTypes } from "../rules/azure/function-app";
import { expectProperty } from "../rules/expect";
import { apiConfig } from "../rules/gcp/api-config";
import { admitted, callIam, invokerChecked, knativeInvokerChecked } from "../rules/gcp/public";
import { allowedPublicFunctions, unlessAllowed } from "../rules/public-functions";

export const publicInvoke: Control = {
  id: "IAM-01",
  title: "No function can be invoked by the public",
  why: "A function behind a gateway that answers to anyone else is reached past the gateway's authentication, limits and log.",
  fix: "Let only the gateway's identity invoke the function; declare a public route as such on its HttpApi.",
  severity: "critical",
  frameworks: {
    gdpr: ["Art. 5(1)(f)", "Art. 25(2)", "Art. 32(1)(b)"],
    hipaa: ["164.312(a)(1)", "164.312(d)"],
    pciDss: ["7.3.3"],
    soc2: ["CC6.1", "CC6.6"],
    cis: ["3.3"],
    nist80053: ["AC-3", "AC-14", "IA-9"],
  },
  appliesFrom: "internal",
  settings: {
    [allowedPublicFunctions]: {
      type: "array",
      description: "Names, in the program, of functions that the public may invoke.",
      items: { type: "string", pattern: "^.+$" },
    },
  },
  clouds: {
    aws: [
      { types: ["aws:lambda/permission:Permission"], judge: unlessAllowed(permission) },
      {
        types: ["aws:lambda/functionUrl:FunctionUrl"],
        judge: unlessAllowed((resource) =>
          expectProperty(resource, {
            path: "authorizationType",
            accepts: (value) => value === "AWS_IAM",
            met: "callers authenticate by IAM",
            unmet: "anyone may call the function's URL: set authorizationType to AWS_IAM",
          }),
        ),
      },
      { types: ["aws:apigatewayv2/route:Route"], judge: route },
      {
        types: ["aws:apigatewayv2/api:Api"],
        judge: ({ props }) =>
          known(props, "target").state === "absent"
            ? undefined
            : fail("quick create (target) makes a public route for everything: declare routes instead"),
      },
      { types: ["aws:apigateway/method:Method"], judge: restMethod },
      {
        types: ["aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi", "aws:apigateway/restApiPut:RestApiPut"],
        judge: apiBody,
      },
    ],
    azure: [
      { types: siteTypes, judge: unlessAllowed(easyAuth) },
      { types: [containerApp], judge: unlessAllowed(ingress) },
      { types: ["azure-native:apimanagement:Api"], judge: importedApi },
      { types: ["azure-native:apimanagement:ApiOperation"], judge: apiOperation },
    ],
    gcp: [
      { types: callIam, judge: unlessAllowed(admitted) },
      { types: ["gcp:apigateway/apiConfig:ApiConfig"], judge: apiConfig },
      { types: ["gcp:cloudrunv2/service:Service"], judge: unlessAllowed(invokerChecked) },
      { types: ["gcp:cloudrun/service:Service"], judge: unlessAllowed(knativeInvokerChecked) },
    ],
  },
};
