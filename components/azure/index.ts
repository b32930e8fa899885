import type * as apimanagement from "@pulumi/azure-native/apimanagement";
import type * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import type * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import type * as eventhub from "@pulumi/azure-native/eventhub";
import type * as keyvault from "@pulumi/azure-native/keyvault";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import type * as web from "@pulumi/azure-native/web";
import type { Cloud } from "../core/cloud";
import { type BucketNodes, type BucketParts, bucket } from "./bucket";
import { type EventBusNodes, type EventBusParts, eventBus } from "./event-bus";
import { type FoundationParts, foundation } from "./foundation";
import type { FunctionParts } from "./function";
import { type HttpApiParts, httpApi } from "./http-api";
import { type ObjectTriggerNodes, type ObjectTriggerParts, objectTrigger } from "./object-trigger";
import { type QueueWorkerNodes, type QueueWorkerParts, queueWorker } from "./queue-worker";
import { schedule } from "./schedule";
import { secret } from "./secret";
import { stream } from "./stream";
import { type StreamProcessorNodes, type StreamProcessorParts, streamProcessor } from "./stream-processor";
import { type SubscriptionNodes, type SubscriptionParts, subscription } from "./subscription";
import { table } from "./table";
import { type TableTriggerNodes, type TableTriggerParts, tableTrigger } from "./table-trigger";
import type { WorkedQueueNodes, WorkedQueueParts } from "./worked-queue";

/** Microsoft Azure: Functions Flex Consumption, Service Bus, Event Grid, Event Hubs, Blob Storage, API Management, Cosmos DB, Key Vault. */
export const azure = {
  name: "azure",
  bucket,
  eventBus,
  foundation,
  httpApi,
  objectTrigger,
  queueWorker,
  schedule,
  secret,
  stream,
  streamProcessor,
  subscription,
  table,
  tableTrigger,
} satisfies Cloud;

declare module "../core/escape" {
  interface Escapes {
    azure: {
      Bucket: { args: BucketParts; nodes: BucketNodes };
      EventBus: { args: EventBusParts; nodes: EventBusNodes };
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
      ObjectTrigger: { args: ObjectTriggerParts; nodes: ObjectTriggerNodes };
      QueueWorker: { args: QueueWorkerParts; nodes: QueueWorkerNodes };
      Schedule: { args: WorkedQueueParts; nodes: WorkedQueueNodes };
      Secret: { args: never; nodes: { vault: keyvault.Vault } };
      Stream: {
        args: { hub: eventhub.EventHubArgs };
        nodes: { namespace: eventhub.Namespace; hub: eventhub.EventHub };
      };
      StreamProcessor: { args: StreamProcessorParts; nodes: StreamProcessorNodes };
      Subscription: { args: SubscriptionParts; nodes: SubscriptionNodes };
      Table: {
        args: { container: cosmosdb.SqlResourceSqlContainerArgs };
        nodes: {
          account: cosmosdb.DatabaseAccount;
          database: cosmosdb.SqlResourceSqlDatabase;
          container: cosmosdb.SqlResourceSqlContainer;
        };
      };
      TableTrigger: { args: TableTriggerParts; nodes: TableTriggerNodes };
    };
  }
}
