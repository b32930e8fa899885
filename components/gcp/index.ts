import type { Api, ApiArgs, ApiConfig, ApiConfigArgs, Gateway, GatewayArgs } from "@pulumi/gcp/apigateway";
import type { RepositoryArgs } from "@pulumi/gcp/artifactregistry";
import type { Function as CloudFunction, FunctionArgs } from "@pulumi/gcp/cloudfunctionsv2";
import type {
  BackupSchedule,
  BackupScheduleArgs,
  Database,
  DatabaseArgs,
  Field,
  FieldArgs,
} from "@pulumi/gcp/firestore";
import type { CryptoKey, CryptoKeyArgs, KeyRing, KeyRingArgs } from "@pulumi/gcp/kms";
import type { ProjectBucketConfig, ProjectBucketConfigArgs, ProjectSink, ProjectSinkArgs } from "@pulumi/gcp/logging";
import type { IAMAuditConfig, IAMAuditConfigArgs, ServiceArgs } from "@pulumi/gcp/projects";
import type { Secret, SecretArgs } from "@pulumi/gcp/secretmanager";
import type { Account } from "@pulumi/gcp/serviceaccount";
import type { BucketArgs } from "@pulumi/gcp/storage";
import type { Cloud } from "../core/cloud";
import { type BucketNodes, type BucketParts, bucket } from "./bucket";
import { type EventBusNodes, type EventBusParts, eventBus } from "./event-bus";
import { foundation } from "./foundation";
import { httpApi } from "./http-api";
import { type ObjectTriggerFront, type ObjectTriggerParts, objectTrigger } from "./object-trigger";
import { queueWorker } from "./queue-worker";
import { type ScheduleFront, type ScheduleParts, schedule } from "./schedule";
import { secret } from "./secret";
import { type StreamNodes, type StreamParts, stream } from "./stream";
import { type StreamProcessorFront, type StreamProcessorParts, streamProcessor } from "./stream-processor";
import { type SubscriptionFront, type SubscriptionParts, subscription } from "./subscription";
import { table } from "./table";
import { type TableTriggerFront, type TableTriggerParts, tableTrigger } from "./table-trigger";
import type { WorkedQueueNodes, WorkedQueueParts } from "./worked-queue";

/** Google Cloud: Pub/Sub, Cloud Run functions, Eventarc, API Gateway, Firestore, Cloud Storage, Secret Manager. */
export const gcp = {
  name: "gcp",
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
    gcp: {
      Bucket: { args: BucketParts; nodes: BucketNodes };
      EventBus: { args: EventBusParts; nodes: EventBusNodes };
      Foundation: {
        args: {
          service: ServiceArgs;
          keyRing: KeyRingArgs;
          key: CryptoKeyArgs;
          logBucket: ProjectBucketConfigArgs;
          auditBucket: ProjectBucketConfigArgs;
          logSink: ProjectSinkArgs;
          auditSink: ProjectSinkArgs;
          auditConfig: IAMAuditConfigArgs;
          codeBucket: BucketArgs;
          imageRepository: RepositoryArgs;
        };
        nodes: {
          keyRing: KeyRing | undefined;
          key: CryptoKey | undefined;
          logBucket: ProjectBucketConfig;
          logSink: ProjectSink;
          auditConfig: IAMAuditConfig | undefined;
        };
      };
      HttpApi: {
        args: { api: ApiArgs; apiConfig: ApiConfigArgs; gateway: GatewayArgs; function: FunctionArgs };
        nodes: {
          api: Api;
          apiConfig: ApiConfig;
          gateway: Gateway;
          /** The account that calls the functions. */
          account: Account;
          functions: readonly CloudFunction[];
        };
      };
      ObjectTrigger: { args: ObjectTriggerParts; nodes: WorkedQueueNodes & ObjectTriggerFront };
      QueueWorker: { args: WorkedQueueParts; nodes: WorkedQueueNodes };
      Schedule: { args: ScheduleParts; nodes: WorkedQueueNodes & ScheduleFront };
      Secret: { args: { secret: SecretArgs }; nodes: { secret: Secret } };
      Stream: { args: StreamParts; nodes: StreamNodes };
      StreamProcessor: { args: StreamProcessorParts; nodes: WorkedQueueNodes & StreamProcessorFront };
      Subscription: { args: SubscriptionParts; nodes: WorkedQueueNodes & SubscriptionFront };
      Table: {
        args: { database: DatabaseArgs; field: FieldArgs; backup: BackupScheduleArgs };
        nodes: {
          database: Database;
          item: Field;
          expires: Field | undefined;
          backup: BackupSchedule | undefined;
        };
      };
      TableTrigger: { args: TableTriggerParts; nodes: WorkedQueueNodes & TableTriggerFront };
    };
  }
}
