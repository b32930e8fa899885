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
import type { Subscription, SubscriptionArgs, Topic, TopicArgs } from "@pulumi/gcp/pubsub";
import type { Secret, SecretArgs } from "@pulumi/gcp/secretmanager";
import type { Account } from "@pulumi/gcp/serviceaccount";
import type { BucketArgs } from "@pulumi/gcp/storage";
import type { Cloud } from "../core/cloud";
import { foundation } from "./foundation";
import { httpApi } from "./http-api";
import { queueWorker } from "./queue-worker";
import { secret } from "./secret";
import { table } from "./table";

/** Google Cloud: Pub/Sub, Cloud Run functions, API Gateway, Firestore, Secret Manager. */
export const gcp = { name: "gcp", foundation, httpApi, queueWorker, secret, table } satisfies Cloud;

declare module "../core/escape" {
  interface Escapes {
    gcp: {
      Foundation: {
        args: {
          service: ServiceArgs;
          keyRing: KeyRingArgs;
          key: CryptoKeyArgs;
          logBucket: ProjectBucketConfigArgs;
          logSink: ProjectSinkArgs;
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
      QueueWorker: {
        args: {
          topic: TopicArgs;
          subscription: SubscriptionArgs;
          deadTopic: TopicArgs;
          deadSubscription: SubscriptionArgs;
          function: FunctionArgs;
        };
        nodes: {
          topic: Topic;
          subscription: Subscription;
          deadTopic: Topic;
          deadSubscription: Subscription;
          function: CloudFunction;
          /** The function's own account. */
          account: Account;
          /** The account that messages are delivered by. */
          push: Account;
        };
      };
      Secret: { args: { secret: SecretArgs }; nodes: { secret: Secret } };
      Table: {
        args: { database: DatabaseArgs; field: FieldArgs; backup: BackupScheduleArgs };
        nodes: {
          database: Database;
          item: Field;
          expires: Field | undefined;
          backup: BackupSchedule | undefined;
        };
      };
    };
  }
}
