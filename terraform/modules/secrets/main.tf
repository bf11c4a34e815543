resource "aws_secretsmanager_secret" "main" {
  for_each = var.names

  name                    = "${var.prefix}/${each.key}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = 30

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_iam_role" "reader" {
  name = var.role_name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "reader" {
  name = "read"
  role = aws_iam_role.reader.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
        Resource = concat([for secret in aws_secretsmanager_secret.main : secret.arn], [for secret in var.readable : secret.secret_arn])
      },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = concat([var.key_arn], [for secret in var.readable : secret.key_arn]) },
    ]
  })
}

resource "aws_eks_pod_identity_association" "reader" {
  cluster_name    = var.cluster
  namespace       = var.service_account.namespace
  service_account = var.service_account.name
  role_arn        = aws_iam_role.reader.arn
}
