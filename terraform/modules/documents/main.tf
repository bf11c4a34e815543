module "bucket" {
  source = "../bucket"

  name              = var.bucket
  account           = var.account
  key_arn           = var.key_arn
  lock              = var.lock
  noncurrent_days   = var.lock.days + 60
  access_log_bucket = var.access_log_bucket
}

module "copy" {
  source = "../bucket"
  count  = var.copies == null ? 0 : 1

  name            = "${var.bucket}-copy"
  account         = var.account
  region          = var.copies.region
  key_arn         = var.copies.key_arn
  lock            = var.lock
  noncurrent_days = var.lock.days + 60
}

# What is deleted here stays there: delete markers are not copied, so that neither a mistake nor an extortionist reaches the copy.
resource "aws_s3_bucket_replication_configuration" "copy" {
  count = var.copies == null ? 0 : 1

  bucket = module.bucket.name
  role   = aws_iam_role.replication[0].arn

  rule {
    id       = "everything-but-deletions"
    status   = "Enabled"
    priority = 1

    filter {}

    delete_marker_replication {
      status = "Disabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = module.copy[0].arn
      storage_class = "STANDARD_IA"

      encryption_configuration {
        replica_kms_key_id = var.copies.key_arn
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }

      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }
    }
  }
}
