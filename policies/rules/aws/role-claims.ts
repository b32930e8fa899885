/** Which roles functions run under, and what else on AWS takes a role: no function shares its own with any of it. */
import { known } from "../../known";
import type { ResourceView, StackView } from "../../model";
import { perStack } from "../expect";
import { type Claim, candidates } from "../own-identity";

export const lambda = "aws:lambda/function:Function";

/** Where each type says under which role it acts. */
const rolePaths: Readonly<Record<string, string>> = {
  [lambda]: "role",
  "aws:sfn/stateMachine:StateMachine": "roleArn",
  "aws:pipes/pipe:Pipe": "roleArn",
  "aws:scheduler/schedule:Schedule": "target.roleArn",
  "aws:cloudwatch/eventTarget:EventTarget": "roleArn",
  "aws:ecs/taskDefinition:TaskDefinition": "taskRoleArn",
  "aws:codebuild/project:Project": "serviceRole",
  "aws:codepipeline/pipeline:Pipeline": "roleArn",
  "aws:glue/job:Job": "roleArn",
  "aws:appsync/dataSource:DataSource": "serviceRoleArn",
  "aws:apigateway/integration:Integration": "credentials",
  "aws:apigatewayv2/integration:Integration": "credentialsArn",
  "aws:sagemaker/model:Model": "executionRoleArn",
};

const claimOf = (resource: ResourceView, path: string, stack: StackView): Claim => {
  const [property = path] = path.split(".");
  return {
    resource,
    value: known(resource.props, path),
    candidates: candidates(resource, stack, property, ["aws:iam/role:Role"]),
  };
};

/** Of everything that takes a role; what names none has nothing to share. */
export const roleClaims = perStack((stack: StackView): readonly Claim[] =>
  Object.entries(rolePaths)
    .flatMap(([type, path]) => stack.ofType(type).map((resource) => claimOf(resource, path, stack)))
    .filter(({ resource, value }) => resource.type === lambda || value.state !== "absent"),
);
