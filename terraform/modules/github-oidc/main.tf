locals {
  # Who is who: a job in the environment, which its reviewers let in; and a job in ENVIRONMENT-plan, which may look.
  roles = {
    deploy = "repo:${var.repository}:environment:${var.environment}"
    apply  = "repo:${var.repository}:environment:${var.environment}"
    plan   = "repo:${var.repository}:environment:${var.environment}-plan"
  }
}

# AWS knows GitHub's certificates itself; a thumbprint would only be one more thing to expire.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "main" {
  for_each = local.roles

  name                 = "${var.name}-${each.key}"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = each.value
        }
      }
    }]
  })
}

# Delivering needs the cluster's address and the registry; what it may do in the cluster, the cluster says.
resource "aws_iam_role_policy" "deploy" {
  name = "deliver"
  role = aws_iam_role.main["deploy"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        { Effect = "Allow", Action = ["eks:DescribeCluster"], Resource = [var.cluster_arn] },
        { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
      ],
      length(var.repository_arns) == 0 ? [] : [{
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
          "ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
        ]
        Resource = var.repository_arns
      }],
    )
  })
}

# A plan looks at everything and changes nothing but its lock. SecurityAudit reads settings, never an object or a secret.
resource "aws_iam_role_policy_attachment" "plan" {
  for_each = toset(["SecurityAudit", "job-function/ViewOnlyAccess"])

  role       = aws_iam_role.main["plan"].name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_iam_role_policy" "state" {
  for_each = toset(["plan", "apply"])

  name = "state"
  role = aws_iam_role.main[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::${var.state_bucket}"] },
      {
        Effect   = "Allow"
        Action   = each.key == "plan" ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"]
        Resource = ["arn:aws:s3:::${var.state_bucket}/*.tfstate"]
      },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = ["arn:aws:s3:::${var.state_bucket}/*.tflock"] },
      # The plan that reviewers saw waits here for apply, which takes this very one.
      { Effect = "Allow", Action = [each.key == "plan" ? "s3:PutObject" : "s3:GetObject"], Resource = ["arn:aws:s3:::${var.state_bucket}/plans/*"] },
      {
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = ["arn:aws:kms:${var.region}:${var.account}:key/*"]
        Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = "alias/${var.state_bucket}" } }
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "apply" {
  role       = aws_iam_role.main["apply"].name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

# PowerUserAccess leaves IAM out. Apply manages roles of this name alone, and not those by which GitHub comes in.
resource "aws_iam_role_policy" "apply" {
  name = "roles"
  role = aws_iam_role.main["apply"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole",
          "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:PassRole",
          "iam:PutRolePolicy", "iam:TagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
        ]
        Resource = ["arn:aws:iam::${var.account}:role/${var.name}-*"]
      },
      {
        Effect   = "Allow"
        Action   = ["iam:GetOpenIDConnectProvider"]
        Resource = [aws_iam_openid_connect_provider.github.arn]
      },
      {
        Effect   = "Deny"
        Action   = ["iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
        Resource = [for name in keys(local.roles) : "arn:aws:iam::${var.account}:role/${var.name}-${name}"]
      },
    ]
  })
}
