import type * as apimanagement from "@pulumi/azure-native/apimanagement";
import type * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import type * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import type * as keyvault from "@pulumi/azure-native/keyvault";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import type * as web from "@pulumi/azure-native/web";
import type { Cloud } from "../core/cloud";
import { type FoundationParts, foundation } from "./foundation";
import type { FunctionParts } from "./function";
import { type HttpApiParts, httpApi } from "./http-api";
import { type QueueWorkerNodes, type QueueWorkerParts, queueWorker } from "./queue-worker";
import { secret } from "./secret";
import { table } from "./table";

/** Microsoft Azure: Functions Flex Consumption, Service Bus, API Management, Cosmos DB, Key Vault. */
export const azure = { name: "azure", foundation, httpApi, queueWorker, secret, table } satisfies Cloud;

declare module "../core/escape" {
  interface Escapes {
    azure: {
      Foundation: {
        args: FoundationParts;
        nodes: {
          resourceGroup: resources.ResourceGroup;
          workspace: operationalinsights.Workspace;
          insights: applicationinsights.Component;
          vault: keyvault.Vault | undefined;
          key: keyvault.Key | undefined;
        };
      };
      HttpApi: {
        args: HttpApiParts & FunctionParts;
        nodes: { service: apimanagement.ApiManagementService; api: apimanagement.Api; apps: readonly web.WebApp[] };
      };
      QueueWorker: { args: QueueWorkerParts; nodes: QueueWorkerNodes };
      Secret: { args: never; nodes: { vault: keyvault.Vault } };
      Table: {
        args: { container: cosmosdb.SqlResourceSqlContainerArgs };
        nodes: {
          account: cosmosdb.DatabaseAccount;
          database: cosmosdb.SqlResourceSqlDatabase;
          container: cosmosdb.SqlResourceSqlContainer;
        };
      };
    };
  }
}
