mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                      = "shop-prod"
  account                   = "123456789012"
  region                    = "us-west-2"
  instance_type             = "r7g.large.search"
  storage_gib               = 100
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-a", "subnet-b", "subnet-c"]
  client_security_group_ids = { nodes = "sg-0aaaaaaaaaaaaaaaa" }
  admin_role_arn            = "arn:aws:iam::123456789012:role/admin"
  key_arn                   = "arn:aws:kms:us-west-2:123456789012:key/logs"
  logs_key_arn              = "arn:aws:kms:us-west-2:123456789012:key/logs"
  log_retention_days        = 30
}

run "domain" {
  command = plan

  assert {
    condition     = aws_opensearch_domain.main.cluster_config[0].zone_awareness_enabled && aws_opensearch_domain.main.cluster_config[0].zone_awareness_config[0].availability_zone_count == 3
    error_message = "Data nodes spread over three zones."
  }

  assert {
    condition     = aws_opensearch_domain.main.encrypt_at_rest[0].enabled && aws_opensearch_domain.main.encrypt_at_rest[0].kms_key_id == var.key_arn && aws_opensearch_domain.main.node_to_node_encryption[0].enabled
    error_message = "Indices are encrypted where they lie and between nodes."
  }

  assert {
    condition     = aws_opensearch_domain.main.domain_endpoint_options[0].enforce_https
    error_message = "Requests without TLS are refused."
  }

  assert {
    condition     = length(aws_opensearch_domain.main.vpc_options[0].subnet_ids) == 3 && alltrue([for rule in aws_vpc_security_group_ingress_rule.clients : rule.referenced_security_group_id == "sg-0aaaaaaaaaaaaaaaa"])
    error_message = "Only the named security groups reach it, inside the network."
  }

  assert {
    condition     = aws_opensearch_domain.main.advanced_security_options[0].enabled && !aws_opensearch_domain.main.advanced_security_options[0].internal_user_database_enabled
    error_message = "Who may see what is decided by IAM roles, not by passwords."
  }

  assert {
    condition     = length(aws_opensearch_domain.main.log_publishing_options) == 4
    error_message = "The domain's own logs, its audit included, are kept."
  }
}

run "two_subnets_are_refused" {
  command = plan

  variables {
    subnet_ids = ["subnet-a", "subnet-b"]
  }

  expect_failures = [var.subnet_ids]
}
