import type * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import type * as cloudtrail from "@pulumi/aws/cloudtrail";
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as dynamodb from "@pulumi/aws/dynamodb";
import type * as kms from "@pulumi/aws/kms";
import type * as lambda from "@pulumi/aws/lambda";
import type * as s3 from "@pulumi/aws/s3";
import type * as secretsmanager from "@pulumi/aws/secretsmanager";
import type { Cloud } from "../core/cloud";
import { type FoundationParts, foundation } from "./foundation";
import type { FunctionParts } from "./function";
import { type HttpApiParts, httpApi } from "./http-api";
import { queueWorker } from "./queue-worker";
import { secret } from "./secret";
import { table } from "./table";
import type { WorkedQueueNodes, WorkedQueueParts } from "./worked-queue";

/** Amazon Web Services: Lambda, SQS, API Gateway, DynamoDB, Secrets Manager. */
export const aws = { name: "aws", foundation, httpApi, queueWorker, secret, table } satisfies Cloud;

declare module "../core/escape" {
  interface Escapes {
    aws: {
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
      QueueWorker: { args: WorkedQueueParts; nodes: WorkedQueueNodes };
      Secret: { args: { secret: secretsmanager.SecretArgs }; nodes: { secret: secretsmanager.Secret } };
      Table: { args: { table: dynamodb.TableArgs }; nodes: { table: dynamodb.Table } };
    };
  }
}
