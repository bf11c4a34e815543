/** Whether what a resource holds is lost with it: `unknown` types count as holding it where their name sounds like it. */
export interface Holding {
  readonly holds: boolean;
  readonly because: string;
}

/** Types of which something would be missed that no apply brings back. */
const holders: Readonly<Record<string, string>> = {
  aws_backup_vault: 'recovery points lie in it',
  aws_cloudwatch_log_group: 'logs lie in it',
  aws_db_instance: 'a database is on it',
  aws_db_instance_automated_backups_replication: "another region's backups go with it",
  aws_dynamodb_table: 'its items go with it',
  aws_ebs_volume: 'a disk is data',
  aws_ecr_repository: 'images lie in it, those to go back to as well',
  aws_efs_file_system: 'its files go with it',
  aws_eks_cluster: 'what runs in it goes with it',
  aws_elasticache_replication_group: 'its keys go with it',
  aws_instance: 'its disks go with it',
  aws_kms_key: 'what it encrypted can be read no more',
  aws_opensearch_domain: 'its indices go with it',
  aws_rds_cluster: 'a database is on it',
  aws_route53_zone: 'another one has other name servers, and nobody above delegates to those',
  aws_s3_bucket: 'its objects go with it',
  aws_s3_object: 'an object is data',
  aws_secretsmanager_secret: 'its value goes with it',
  aws_secretsmanager_secret_version: 'a value of a secret goes with it',
  kubernetes_namespace: 'all in it goes with it',
  kubernetes_persistent_volume_claim: 'a disk is data',
  random_password: 'another value takes its place, and what was made with the old one fails',
};

/** Types and endings of types that only say something about other things. */
const holdNothing: readonly RegExp[] = [
  /^aws_iam_/,
  /^aws_(route|route_table|route_table_association|subnet|vpc|eip|nat_gateway|internet_gateway|flow_log|vpc_endpoint)$/,
  /^aws_(launch_template|autoscaling_group|eks_node_group|eks_addon|eks_access_entry|kms_alias|ebs_encryption_by_default)$/,
  /^aws_security_group$|^aws_default_security_group$|_(ingress|egress)_rule$|^aws_security_group_rule$/,
  /_(policy|policy_attachment|policy_association|association|attachment|permission|alias|subscription|notifications?|monitor)$/,
  /_(parameter_group|subnet_group|option_group|lifecycle_policy|query_definition|metric_alarm|event_rule|event_target|budget)$/,
  /^aws_s3_bucket_(?!object$)/,
  /^aws_backup_(plan|selection|vault_lock_configuration|vault_notifications|restore_testing_)/,
  /^aws_(sns_topic|cloudwatch_log_subscription_filter|cloudwatch_log_stream|kinesis_firehose_delivery_stream|sqs_queue)$/,
  /^aws_(elasticache_user|elasticache_user_group|route53_record|route53_query_log|route53_hosted_zone_dnssec)$/,
  /^(helm_release|terraform_data|null_resource|datadog_monitor|datadog_dashboard)$/,
];

/** Stems that speak of something being kept, wherever they stand in a type's name, and words that do where they stand alone. */
const stems =
  /archive|backup|bucket|cache|catalog|certificate|collection|content|data|dataset|dynamo|elastic_?search|file_?system|fsx|glacier|index|keyspace|lake|ledger|memorydb|neptune|opensearch|password|queue|redis|redshift|registry|repository|secret|snapshot|storage|stream|table|valkey|vault|volume|warehouse/;
const words =
  /(^|_)(clusters?|db|directory|disks?|documents?|domain|ebs|efs|files?|fs|graph|images?|instances?|items?|keys?|mq|namespace|nodes?|objects?|parameters?|pools?|pvc?|rds|records?|s3|servers?|shares?|sql|states?|stores?|topics?|users?|zones?)(_|$)/;

const soundsLikeData = (type: string): boolean => stems.test(type) || words.test(type);

/** Says of a type whether destroying it destroys data. A type that nobody told us of is taken by its name. */
export const holdsData = (type: string): Holding => {
  const known = holders[type];
  if (known !== undefined) return { holds: true, because: known };
  if (holdNothing.some((pattern) => pattern.test(type))) return { holds: false, because: 'it holds no data' };
  return soundsLikeData(type)
    ? { holds: true, because: `${type} is not known here, and by its name it may hold data` }
    : { holds: false, because: `${type} is not known here; nothing in its name speaks of data` };
};
