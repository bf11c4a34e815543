mock_provider "aws" {
  source          = "../mocks"
  override_during = plan
}

variables {
  app          = "shop"
  environment  = "production"
  account      = "123456789012"
  region       = "us-west-2"
  state_bucket = "shop-prod-terraform-state-123456789012"
}

run "state" {
  command = plan

  assert {
    condition     = aws_kms_key.state.enable_key_rotation && aws_kms_alias.state.name == "alias/shop-prod-terraform-state-123456789012"
    error_message = "The state has a key of its own, which rotates and which workflows find by the bucket's name."
  }

  assert {
    condition     = aws_s3_account_public_access_block.main.block_public_policy && aws_s3_account_public_access_block.main.restrict_public_buckets && aws_s3_account_public_access_block.main.block_public_acls && aws_s3_account_public_access_block.main.ignore_public_acls
    error_message = "No bucket of the account is ever public."
  }

  assert {
    condition     = aws_ebs_encryption_by_default.main.enabled
    error_message = "Every disk is encrypted."
  }

  assert {
    condition     = aws_iam_service_linked_role.autoscaling.aws_service_name == "autoscaling.amazonaws.com"
    error_message = "The role that starts nodes is there before the cluster's key names it."
  }
}

run "an_account_that_is_none_is_refused" {
  command = plan

  variables {
    account = "000000000000"
  }

  expect_failures = [var.account]
}
