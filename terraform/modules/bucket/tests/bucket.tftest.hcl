mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name              = "shop-documents"
  account           = "123456789012"
  key_arn           = "arn:aws:kms:us-west-2:123456789012:key/documents"
  lock              = { mode = "COMPLIANCE", days = 30 }
  noncurrent_days   = 90
  access_log_bucket = "shop-access-logs"
}

run "bucket" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.main.block_public_acls,
      aws_s3_bucket_public_access_block.main.block_public_policy,
      aws_s3_bucket_public_access_block.main.ignore_public_acls,
      aws_s3_bucket_public_access_block.main.restrict_public_buckets,
    ])
    error_message = "Nothing in a bucket is ever public."
  }

  assert {
    condition     = aws_s3_bucket_versioning.main.versioning_configuration[0].status == "Enabled"
    error_message = "What is overwritten or deleted can be had back."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.main.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(one(aws_s3_bucket_server_side_encryption_configuration.main.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.key_arn
    error_message = "Objects are encrypted with our own key."
  }

  assert {
    condition     = aws_s3_bucket.main.object_lock_enabled && aws_s3_bucket_object_lock_configuration.main[0].rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket_object_lock_configuration.main[0].rule[0].default_retention[0].days == 30
    error_message = "No version goes before its time, whoever asks."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.main.policy).Statement[0].Effect == "Deny" && jsondecode(aws_s3_bucket_policy.main.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "Requests without TLS are refused."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_s3_bucket_policy.main.policy).Statement : statement.Effect == "Deny" || (try(statement.Principal != "*", true) && try(statement.Principal.AWS != "*", true))])
    error_message = "Nobody in particular is let in."
  }

  assert {
    condition     = !aws_s3_bucket.main.force_destroy
    error_message = "A bucket with something in it is not deleted."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.main.rule[0].noncurrent_version_expiration[0].noncurrent_days == 90
    error_message = "Old versions end when they should."
  }

  assert {
    condition     = aws_s3_bucket_logging.main[0].target_bucket == "shop-access-logs"
    error_message = "Who read what is written down."
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.main.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "Access lists are off."
  }
}

run "services_write_for_their_account" {
  command = plan

  variables {
    writers = ["logging.s3.amazonaws.com"]
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.main.policy).Statement[1].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "A service writes for this account alone."
  }
}

run "an_unknown_lock_is_refused" {
  command = plan

  variables {
    lock = { mode = "FOREVER", days = 30 }
  }

  expect_failures = [var.lock]
}
