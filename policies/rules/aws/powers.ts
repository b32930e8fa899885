/** Actions of AWS by which an identity comes to more than it is allowed. */

const of = (service: string, ...actions: readonly string[]) => actions.map((action) => `${service}:${action}`);

/** Policies, boundaries and credentials of identities: whoever may write them needs nothing else. */
export const widening = [
  ...of("iam", "CreatePolicyVersion", "SetDefaultPolicyVersion", "AttachUserPolicy", "AttachGroupPolicy"),
  ...of("iam", "AttachRolePolicy", "PutUserPolicy", "PutGroupPolicy", "PutRolePolicy", "AddUserToGroup"),
  ...of("iam", "CreateAccessKey", "UpdateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"),
  ...of("iam", "UpdateAssumeRolePolicy", "AddRoleToInstanceProfile"),
  ...of("iam", "CreateServiceSpecificCredential", "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential"),
  ...of("iam", "UploadSSHPublicKey", "UploadSigningCertificate", "CreateOpenIDConnectProvider"),
  ...of("iam", "AddClientIDToOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"),
  ...of("iam", "CreateSAMLProvider", "UpdateSAMLProvider", "DeleteRolePermissionsBoundary"),
  ...of("iam", "DeleteUserPermissionsBoundary", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary"),
  ...of("sso", "CreateAccountAssignment", "PutInlinePolicyToPermissionSet", "AttachManagedPolicyToPermissionSet"),
  ...of("sso", "AttachCustomerManagedPolicyReferenceToPermissionSet", "ProvisionPermissionSet"),
  ...of("sso", "PutPermissionsBoundaryToPermissionSet", "DeletePermissionsBoundaryFromPermissionSet"),
  ...of("identitystore", "CreateGroupMembership"),
  ...of("rolesanywhere", "CreateTrustAnchor", "UpdateTrustAnchor"),
  ...of("eks", "CreateAccessEntry", "AssociateAccessPolicy"),
];

/** Policies of resources: they open one to others. By name only, for a service's wildcard is IAM-02's. */
export const opening: ReadonlySet<string> = new Set(
  [
    ...of("kms", "PutKeyPolicy"),
    ...of("s3", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutAccessPointPolicy"),
    ...of("s3", "PutBucketPublicAccessBlock", "PutAccountPublicAccessBlock", "PutMultiRegionAccessPointPolicy"),
    ...of("s3tables", "PutTableBucketPolicy", "PutTablePolicy"),
    ...of("lambda", "AddPermission", "AddLayerVersionPermission", "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig"),
    ...of("sqs", "AddPermission", "SetQueueAttributes"),
    ...of("sns", "AddPermission", "SetTopicAttributes"),
    ...["secretsmanager", "dynamodb", "kinesis", "glue", "redshift"].map((one) => `${one}:PutResourcePolicy`),
    ...of("events", "PutPermission"),
    ...of("ecr", "SetRepositoryPolicy", "PutRegistryPolicy"),
    ...of("elasticfilesystem", "PutFileSystemPolicy"),
    ...of("backup", "PutBackupVaultAccessPolicy"),
  ].map((action) => action.toLowerCase()),
);

/** To act as what is there: harmless on the one that is named only. */
export const becoming = [
  ...of("sts", "AssumeRole"),
  ...of("lambda", "UpdateFunctionCode", "UpdateFunctionConfiguration"),
  ...of("states", "UpdateStateMachine"),
  ...of("ssm", "SendCommand", "StartSession", "StartAutomationExecution", "CreateAssociation", "UpdateAssociation"),
  ...of("ec2-instance-connect", "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"),
  ...of("ec2", "ModifyInstanceAttribute", "AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation"),
  ...of("ecs", "ExecuteCommand", "RunTask", "StartTask", "UpdateService"),
  ...of("codebuild", "UpdateProject", "StartBuild", "StartBuildBatch"),
  ...of("codepipeline", "UpdatePipeline"),
  ...of("cloudformation", "UpdateStack", "CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy", "UpdateStackSet"),
  ...of("glue", "UpdateDevEndpoint", "UpdateJob", "CreateSession", "RunStatement"),
  ...of("sagemaker", "CreatePresignedNotebookInstanceUrl", "CreatePresignedDomainUrl"),
  ...of("apprunner", "UpdateService"),
  ...of("datapipeline", "PutPipelineDefinition"),
  ...of("elasticmapreduce", "AddJobFlowSteps"),
];
