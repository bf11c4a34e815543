# The groups that the CloudWatch Observability add-on's Fluent Bit writes: made here first, so that each is encrypted and ends.
resource "aws_cloudwatch_log_group" "cluster" {
  for_each = toset(["application", "dataplane", "host", "performance"])

  name              = "/aws/containerinsights/${var.cluster}/${each.key}"
  retention_in_days = var.retention_days
  kms_key_id        = var.key_arn
}

locals {
  archived = merge({ application = aws_cloudwatch_log_group.cluster["application"].name }, var.archived_groups)
}

module "archive" {
  source = "../bucket"

  name            = "${var.name}-log-archive-${var.account}"
  account         = var.account
  key_arn         = var.key_arn
  lock            = var.archive
  noncurrent_days = 1
  expire_days     = var.archive.days + 1
  # Who reads the archive is written down as well.
  access_log_bucket = module.access.name
}

# S3's own access logs; S3 cannot write them with a key of ours.
module "access" {
  source = "../bucket"

  name            = "${var.name}-access-logs-${var.account}"
  account         = var.account
  writers         = ["logging.s3.amazonaws.com"]
  noncurrent_days = 1
  expire_days     = var.archive.days + 1
}

resource "aws_cloudwatch_log_subscription_filter" "archive" {
  for_each = local.archived

  name            = "archive"
  log_group_name  = each.value
  filter_pattern  = ""
  destination_arn = aws_kinesis_firehose_delivery_stream.archive.arn
  role_arn        = aws_iam_role.subscription.arn
}

resource "aws_kinesis_firehose_delivery_stream" "archive" {
  name        = "${var.name}-log-archive"
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = var.key_arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = module.archive.arn
    prefix              = "logs/!{timestamp:yyyy/MM/dd/HH}/"
    error_output_prefix = "failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/"
    buffering_size      = 64
    buffering_interval  = 300
    # CloudWatch Logs sends what is gzip already.
    compression_format = "UNCOMPRESSED"
    kms_key_arn        = var.key_arn

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.firehose.name
    }
  }
}

resource "aws_cloudwatch_log_group" "firehose" {
  name              = "/aws/kinesisfirehose/${var.name}-log-archive"
  retention_in_days = var.retention_days
  kms_key_id        = var.key_arn
}

resource "aws_cloudwatch_log_stream" "firehose" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}
