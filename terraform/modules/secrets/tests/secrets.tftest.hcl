mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  prefix    = "shop/production"
  names     = ["jwt"]
  key_arn   = "arn:aws:kms:us-west-2:123456789012:key/secrets"
  readable  = { cache = { secret_arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:cache", key_arn = "arn:aws:kms:us-west-2:123456789012:key/cache" } }
  cluster   = "shop-prod"
  role_name = "shop-prod-external-secrets"
}

run "secrets" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.main["jwt"].name == "shop/production/jwt"
    error_message = "A secret's name begins with its app and environment."
  }

  assert {
    condition     = aws_secretsmanager_secret.main["jwt"].kms_key_id == var.key_arn
    error_message = "Secrets are encrypted with our own key."
  }

  assert {
    condition     = aws_secretsmanager_secret.main["jwt"].recovery_window_in_days == 30
    error_message = "A deleted secret can be had back for 30 days."
  }

  assert {
    condition     = length(jsondecode(aws_iam_role_policy.reader.policy).Statement[0].Resource) == 2 && !strcontains(aws_iam_role_policy.reader.policy, "\"*\"") && !strcontains(aws_iam_role_policy.reader.policy, "/*")
    error_message = "External Secrets reads the named secrets and no other."
  }

  assert {
    condition     = aws_eks_pod_identity_association.reader.service_account == "external-secrets" && aws_eks_pod_identity_association.reader.namespace == "external-secrets"
    error_message = "Only External Secrets gets the role."
  }
}

run "a_prefix_without_its_environment_is_refused" {
  command = plan

  variables {
    prefix = "shop"
  }

  expect_failures = [var.prefix]
}
