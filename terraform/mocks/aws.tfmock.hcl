# What the provider would answer, so that a plan is known in full. Ids and ARNs are of no account that exists.
mock_data "aws_availability_zones" {
  defaults = { names = ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"] }
}

mock_resource "aws_vpc" {
  defaults = { id = "vpc-0123456789abcdef0" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-west-2:123456789012:log-group:mock" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:us-west-2:123456789012:key/mock" }
}

mock_resource "aws_security_group" {
  defaults = { id = "sg-0123456789abcdef0" }
}

mock_resource "aws_eks_cluster" {
  defaults = {
    arn                   = "arn:aws:eks:us-west-2:123456789012:cluster/mock"
    endpoint              = "https://mock.eks.us-west-2.amazonaws.com"
    certificate_authority = [{ data = "bW9jaw==" }]
    vpc_config            = { cluster_security_group_id = "sg-0aaaaaaaaaaaaaaaa" }
  }
}

mock_data "aws_eks_addon_version" {
  defaults = { version = "v1.0.0-eksbuild.1" }
}

mock_resource "aws_db_instance" {
  defaults = {
    arn                = "arn:aws:rds:us-west-2:123456789012:db:mock"
    address            = "mock.rds.amazonaws.com"
    master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:rds-mock" }]
  }
}

mock_resource "aws_elasticache_replication_group" {
  defaults = {
    arn                      = "arn:aws:elasticache:us-west-2:123456789012:replicationgroup:mock"
    primary_endpoint_address = "mock.cache.amazonaws.com"
  }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:mock" }
}

mock_resource "aws_s3_bucket" {
  defaults = { id = "mock-bucket", arn = "arn:aws:s3:::mock-bucket" }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:us-west-2:123456789012:repository/mock"
    repository_url = "123456789012.dkr.ecr.us-west-2.amazonaws.com/mock"
  }
}

mock_resource "aws_kinesis_firehose_delivery_stream" {
  defaults = { arn = "arn:aws:firehose:us-west-2:123456789012:deliverystream/mock" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:us-west-2:123456789012:mock" }
}

mock_resource "aws_backup_vault" {
  defaults = { arn = "arn:aws:backup:us-west-2:123456789012:backup-vault:mock" }
}

mock_resource "aws_route53_zone" {
  defaults = {
    arn          = "arn:aws:route53:::hostedzone/Z0MOCK"
    zone_id      = "Z0MOCK"
    name_servers = ["ns-1.awsdns-01.org"]
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws:sqs:us-west-2:123456789012:mock"
    url = "https://sqs.us-west-2.amazonaws.com/123456789012/mock"
  }
}

mock_data "aws_eks_cluster" {
  defaults = {
    endpoint              = "https://mock.eks.us-west-2.amazonaws.com"
    certificate_authority = [{ data = "bW9jaw==" }]
    vpc_config            = [{ cluster_security_group_id = "sg-0aaaaaaaaaaaaaaaa" }]
  }
}

mock_data "aws_ec2_instance_type" {
  defaults = { default_vcpus = 4 }
}

mock_data "aws_kms_alias" {
  defaults = { target_key_arn = "arn:aws:kms:us-west-2:123456789012:key/cluster" }
}
