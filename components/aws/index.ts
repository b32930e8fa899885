import type * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import type * as cloudtrail from "@pulumi/aws/cloudtrail";
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as dynamodb from "@pulumi/aws/dynamodb";
import type * as iam from "@pulumi/aws/iam";
import type * as kinesis from "@pulumi/aws/kinesis";
import type * as kms from "@pulumi/aws/kms";
import type * as lambda from "@pulumi/aws/lambda";
import type * as s3 from "@pulumi/aws/s3";
import type * as scheduler from "@pulumi/aws/scheduler";
import type * as secretsmanager from "@pulumi/aws/secretsmanager";
import type { Cloud } from "../core/cloud";
import { bucket } from "./bucket";
import { type EventBusNodes, type EventBusParts, eventBus } from "./event-bus";
import { type FoundationParts, foundation } from "./foundation";
import type { FunctionParts } from "./function";
import { type HttpApiParts, httpApi } from "./http-api";
import { objectTrigger } from "./object-trigger";
import { queueWorker } from "./queue-worker";
import { type ScheduleParts, schedule } from "./schedule";
import { secret } from "./secret";
import { stream } from "./stream";
import { type FeedParts, streamProcessor } from "./stream-processor";
import {
  type RuledQueueNodes,
  type RuledQueueParts,
  type SubscriptionFront,
  type SubscriptionParts,
  subscription,
} from "./subscription";
import { table } from "./table";
import { tableTrigger } from "./table-trigger";
import type { WorkedQueueNodes, WorkedQueueParts } from "./worked-queue";

/** Amazon Web Services: Lambda, SQS, EventBridge, SNS, Kinesis, S3, API Gateway, DynamoDB, Secrets Manager. */
export const aws = {
  name: "aws",
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
    aws: {
      Bucket: { args: { bucket: s3.BucketArgs }; nodes: { bucket: s3.Bucket } };
      EventBus: { args: EventBusParts; nodes: EventBusNodes };
      Foundation: {
        args: FoundationParts;
        nodes: {
          key: kms.Key | undefined;
          alias: kms.Alias | undefined;
          trail: cloudtrail.Trail | undefined;
          trailBucket: s3.Bucket | undefined;
        };
      };
      HttpApi: {
        args: FunctionParts & HttpApiParts;
        nodes: {
          api: apigatewayv2.Api;
          stage: apigatewayv2.Stage;
          functions: readonly lambda.Function[];
          accessLogGroup: cloudwatch.LogGroup;
        };
      };
      ObjectTrigger: { args: RuledQueueParts; nodes: WorkedQueueNodes & RuledQueueNodes };
      QueueWorker: { args: WorkedQueueParts; nodes: WorkedQueueNodes };
      Schedule: {
        args: ScheduleParts;
        nodes: WorkedQueueNodes & { schedule: scheduler.Schedule; scheduleRole: iam.Role };
      };
      Secret: { args: { secret: secretsmanager.SecretArgs }; nodes: { secret: secretsmanager.Secret } };
      Stream: { args: { stream: kinesis.StreamArgs }; nodes: { stream: kinesis.Stream } };
      StreamProcessor: {
        args: FeedParts;
        nodes: WorkedQueueNodes & {
          feed: lambda.EventSourceMapping;
          consumer: kinesis.StreamConsumer | undefined;
        };
      };
      Subscription: { args: SubscriptionParts; nodes: WorkedQueueNodes & SubscriptionFront };
      Table: { args: { table: dynamodb.TableArgs }; nodes: { table: dynamodb.Table } };
      TableTrigger: { args: FeedParts; nodes: WorkedQueueNodes & { feed: lambda.EventSourceMapping } };
    };
  }
}
