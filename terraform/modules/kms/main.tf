resource "aws_kms_key" "main" {
  for_each = var.keys

  region                  = each.value.region
  description             = each.value.description
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TheAccountGrantsByIam"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      length(each.value.services) == 0 ? [] : [{
        Sid       = "ServicesForThisAccountAlone"
        Effect    = "Allow"
        Principal = { Service = each.value.services }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
      }],
      length(each.value.roles) == 0 ? [] : [{
        Sid       = "RolesThatIamCannotGrant"
        Effect    = "Allow"
        Principal = { AWS = each.value.roles }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
        Resource  = "*"
      }],
      !each.value.log_groups ? [] : [{
        Sid       = "LogGroupsOfThisAccountAlone"
        Effect    = "Allow"
        Principal = { Service = "logs.${coalesce(each.value.region, var.region)}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${coalesce(each.value.region, var.region)}:${var.account}:log-group:*" } }
      }],
    )
  })

  # What a lost key encrypted is lost with it.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "main" {
  for_each = var.keys

  region        = each.value.region
  name          = "alias/${var.name}-${each.key}"
  target_key_id = aws_kms_key.main[each.key].key_id
}
