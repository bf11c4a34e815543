mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name            = "shop-prod"
  account         = "123456789012"
  region          = "us-west-2"
  cluster         = "shop-prod"
  retention_days  = 14
  archive         = { mode = "COMPLIANCE", days = 365 }
  archived_groups = { control_plane = "/aws/eks/shop-prod/cluster" }
  key_arn         = "arn:aws:kms:us-west-2:123456789012:key/logs"
}

run "logs" {
  command = plan

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.cluster : group.retention_in_days == 14])
    error_message = "Logs end when they should."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.cluster : group.kms_key_id == var.key_arn])
    error_message = "Logs are encrypted with our own key."
  }

  assert {
    condition     = aws_cloudwatch_log_group.cluster["application"].name == "/aws/containerinsights/shop-prod/application"
    error_message = "The group is the one that the shipper writes."
  }

  assert {
    condition     = aws_cloudwatch_log_subscription_filter.archive["application"].filter_pattern == "" && aws_cloudwatch_log_subscription_filter.archive["control_plane"].log_group_name == "/aws/eks/shop-prod/cluster"
    error_message = "Every line of the services and of the cluster's audit is archived as it is written."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.archive.server_side_encryption[0].key_arn == var.key_arn && aws_kinesis_firehose_delivery_stream.archive.extended_s3_configuration[0].kms_key_arn == var.key_arn
    error_message = "The archive is encrypted on its way and where it lies."
  }

  assert {
    condition     = length(aws_cloudwatch_query_definition.main) >= 5 && length(aws_cloudwatch_query_definition.audit) == 1
    error_message = "The questions of an incident's first minutes are saved."
  }

  assert {
    condition     = jsondecode(aws_iam_role.firehose.assume_role_policy).Statement[0].Condition.StringEquals["sts:ExternalId"] == "123456789012"
    error_message = "Firehose writes for this account alone."
  }
}

run "a_retention_that_cloudwatch_does_not_know_is_refused" {
  command = plan

  variables {
    retention_days = 45
  }

  expect_failures = [var.retention_days]
}
