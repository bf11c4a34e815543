resource "aws_s3_bucket" "main" {
  bucket              = var.name
  region              = var.region
  object_lock_enabled = var.lock != null
  force_destroy       = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "main" {
  bucket = aws_s3_bucket.main.id
  region = var.region

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "main" {
  bucket = aws_s3_bucket.main.id
  region = var.region

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "main" {
  bucket = aws_s3_bucket.main.id
  region = var.region

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  region = var.region

  rule {
    bucket_key_enabled = var.key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_object_lock_configuration" "main" {
  count = var.lock == null ? 0 : 1

  bucket = aws_s3_bucket.main.id
  region = var.region

  rule {
    default_retention {
      mode = var.lock.mode
      days = var.lock.days
    }
  }

  depends_on = [aws_s3_bucket_versioning.main]
}

resource "aws_s3_bucket_lifecycle_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  region = var.region

  rule {
    id     = "what-was-replaced"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = var.expire_days[*]

    content {
      id     = "what-is-old"
      status = "Enabled"

      filter {}

      expiration {
        days = rule.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.main]
}

resource "aws_s3_bucket_logging" "main" {
  count = var.access_log_bucket == null ? 0 : 1

  bucket        = aws_s3_bucket.main.id
  region        = var.region
  target_bucket = var.access_log_bucket
  target_prefix = "${var.name}/"
}

resource "aws_s3_bucket_policy" "main" {
  bucket = aws_s3_bucket.main.id
  region = var.region

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "NothingWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.main.arn, "${aws_s3_bucket.main.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      length(var.writers) == 0 ? [] : [{
        Sid       = "ServicesOfThisAccountAlone"
        Effect    = "Allow"
        Principal = { Service = var.writers }
        Action    = ["s3:PutObject"]
        Resource  = ["${aws_s3_bucket.main.arn}/*"]
        Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
      }],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.main]
}

# What is written and deleted can be heard by rules of EventBridge.
resource "aws_s3_bucket_notification" "main" {
  bucket      = aws_s3_bucket.main.id
  region      = var.region
  eventbridge = true
}
