mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  domain             = "shop.example"
  name               = "shop-prod"
  account            = "123456789012"
  logs_key_arn       = "arn:aws:kms:us-east-1:123456789012:key/dns"
  log_retention_days = 30
  cluster            = "shop-prod"
}

run "zone" {
  command = plan

  assert {
    condition     = !aws_route53_zone.main.force_destroy
    error_message = "A zone with records is not deleted."
  }

  assert {
    condition     = aws_kms_key.signing.region == "us-east-1" && aws_kms_key.signing.key_usage == "SIGN_VERIFY"
    error_message = "Answers are signed with a key that Route 53 can use."
  }

  assert {
    condition     = aws_cloudwatch_log_group.queries.region == "us-east-1" && aws_cloudwatch_log_group.queries.kms_key_id == var.logs_key_arn && aws_cloudwatch_log_group.queries.retention_in_days == 30
    error_message = "Queries are logged, encrypted, and end."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.writer.policy).Statement[0].Resource == ["arn:aws:route53:::hostedzone/Z0MOCK"]
    error_message = "Records of this zone alone are written."
  }

  assert {
    condition     = aws_eks_pod_identity_association.writer["cert-manager/cert-manager"].namespace == "cert-manager" && length(aws_eks_pod_identity_association.writer) == 2
    error_message = "Only cert-manager and external-dns write records."
  }
}
