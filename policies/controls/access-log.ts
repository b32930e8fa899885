import type { Control } from "../model";
import { distributionLog, graphLog, hiddenStage, methodLog, stageLog } from "../rules/aws/access-log";
import { apiLogged, apiType, diagnosticComplete, diagnosticTypes } from "../rules/azure/api-log";
import { backendLog } from "../rules/gcp/access-log";
import { routed } from "../rules/gcp/log-buckets";
import { retentionDays } from "../settings";

export const accessLog: Control = {
  id: "AUD-03",
  title: "Every request to an API is logged, without what it carries",
  why: "Without a line for each request nobody can say who tried what; with whole payloads in it the log itself is the leak.",
  fix: "Log every request with its id, its caller and its status, and no body.",
  severity: "medium",
  frameworks: {
    gdpr: ["Art. 5(1)(c)", "Art. 25(1)", "Art. 33(5)"],
    hipaa: ["164.312(b)"],
    pciDss: ["10.2.1", "10.2.2", "3.3.1"],
    soc2: ["CC7.2"],
    cis: ["8.2", "8.5"],
    nist80053: ["AU-2", "AU-3", "AU-3(3)", "AU-12"],
  },
  appliesFrom: "internal",
  settings: retentionDays,
  clouds: {
    aws: [
      { types: ["aws:apigatewayv2/stage:Stage", "aws:apigateway/stage:Stage"], judge: stageLog },
      { types: ["aws:apigateway/methodSettings:MethodSettings"], judge: methodLog },
      { types: ["aws:apigatewayv2/api:Api", "aws:apigateway/deployment:Deployment"], judge: hiddenStage },
      { types: ["aws:appsync/graphQLApi:GraphQLApi"], judge: graphLog },
      { types: ["aws:cloudfront/distribution:Distribution"], judge: distributionLog },
    ],
    azure: [
      { types: [apiType], judge: apiLogged },
      { types: diagnosticTypes, judge: diagnosticComplete },
    ],
    // API Gateway logs every request by itself; what is left to say is that the log is kept.
    gcp: [
      { types: ["gcp:apigateway/gateway:Gateway"], judge: routed },
      {
        types: ["gcp:compute/backendService:BackendService", "gcp:compute/regionBackendService:RegionBackendService"],
        judge: backendLog,
      },
    ],
  },
};
