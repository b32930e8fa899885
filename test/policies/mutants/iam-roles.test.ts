/** Roles that a function shares with what is no function. */
import { awsStack } from "../support/aws";
import { add } from "../support/changes";
import { killed } from "../support/mutants";
import { accepted } from "../support/outcomes";
import { Out, type Stack } from "../support/stack";

const role = new Out("fulfil-role", "arn:aws:iam::111122223333:role/fulfil");
/** What takes a role beside functions; other controls are not what is at stake. */
const taking: readonly (readonly [type: string, inputs: object, also?: readonly string[]])[] = [
  ["aws:cloudwatch/eventTarget:EventTarget", { arn: "a", deadLetterConfig: { arn: "d" }, roleArn: role }],
  ["aws:scheduler/schedule:Schedule", { target: { arn: "a", roleArn: role } }, ["ENC-09 more", "RES-03 more"]],
  ["aws:pipes/pipe:Pipe", { roleArn: role }, ["AUD-04 more", "ENC-09 more"]],
  ["aws:sfn/stateMachine:StateMachine", { roleArn: role }, ["AUD-04 more", "ENC-09 more"]],
  ["aws:ecs/taskDefinition:TaskDefinition", { taskRoleArn: role }],
  ["aws:codebuild/project:Project", { serviceRole: role }],
  ["aws:codepipeline/pipeline:Pipeline", { roleArn: role }],
  ["aws:glue/job:Job", { roleArn: role }],
  ["aws:appsync/dataSource:DataSource", { serviceRoleArn: role }],
  ["aws:apigateway/integration:Integration", { credentials: role }],
  ["aws:apigatewayv2/integration:Integration", { credentialsArn: role }],
  ["aws:sagemaker/model:Model", { executionRoleArn: role }],
];

describe("roles of functions", () => {
  killed(
    "IAM-04",
    awsStack,
    "fulfil",
    taking.map(([type, inputs, also = []]) => ({
      name: `shared with ${type}`,
      change: add(type, inputs),
      also,
    })),
  );
  accepted("IAM-04", awsStack, [
    [
      "a target under a role of its own",
      (stack: Stack) => stack.set("target", { roleArn: "arn:aws:iam::111122223333:role/target" }),
    ],
    [
      "an integration that names no role",
      add("aws:apigatewayv2/integration:Integration", { integrationType: "AWS_PROXY" }),
    ],
  ]);
});
