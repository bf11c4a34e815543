provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = {
      Project     = var.app
      Environment = var.environment
      ManagedBy   = "Terraform"
    }
  }
}

# The state holds what it manages in plain words, passwords included: its own key, versions to go back to, TLS alone.
resource "aws_kms_key" "state" {
  description             = "Terraform's state"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TheAccountGrantsByIam"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })

  lifecycle {
    prevent_destroy = true
  }
}

# The roles of workflows find the key by this name.
resource "aws_kms_alias" "state" {
  name          = "alias/${var.state_bucket}"
  target_key_id = aws_kms_key.state.key_id
}

module "access_logs" {
  source = "../modules/bucket"

  name            = "${var.state_bucket}-log"
  account         = var.account
  writers         = ["logging.s3.amazonaws.com"]
  noncurrent_days = 1
  expire_days     = 365
}

module "state" {
  source = "../modules/bucket"

  name              = var.state_bucket
  account           = var.account
  key_arn           = aws_kms_key.state.arn
  noncurrent_days   = 365
  access_log_bucket = module.access_logs.name
}

# The cluster's key lets this role start nodes with encrypted disks, and a key's policy cannot name a role that is not there yet.
resource "aws_iam_service_linked_role" "autoscaling" {
  aws_service_name = "autoscaling.amazonaws.com"
}

# One for the account: no bucket of it is ever public, whatever its own settings say.
resource "aws_s3_account_public_access_block" "main" {
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Disks are encrypted even where somebody forgets to say so.
resource "aws_ebs_encryption_by_default" "main" {
  enabled = true
}
