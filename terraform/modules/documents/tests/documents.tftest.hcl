mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  bucket            = "shop-prod-documents"
  account           = "123456789012"
  key_arn           = "arn:aws:kms:us-west-2:123456789012:key/documents"
  lock              = { mode = "COMPLIANCE", days = 30 }
  access_log_bucket = "shop-access-logs"
  copies            = { region = "us-east-2", key_arn = "arn:aws:kms:us-east-2:123456789012:key/copies" }
  cluster           = "shop-prod"
  namespace         = "production"
  service_accounts  = ["shop-backend"]
}

run "copied" {
  command = plan

  assert {
    condition     = aws_s3_bucket_replication_configuration.copy[0].rule[0].status == "Enabled" && aws_s3_bucket_replication_configuration.copy[0].rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == var.copies.key_arn
    error_message = "Every document has a copy in another region, encrypted with the key there."
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.copy[0].rule[0].delete_marker_replication[0].status == "Disabled"
    error_message = "A deletion does not reach the copy."
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.copy[0].rule[0].destination[0].replication_time[0].time[0].minutes == 15
    error_message = "A copy is at most a quarter of an hour behind."
  }
}

run "the_app" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.app.policy, "DeleteObjectVersion") && !strcontains(aws_iam_role_policy.app.policy, "s3:*") && !strcontains(aws_iam_role_policy.app.policy, "Bypass")
    error_message = "The app deletes no version for good."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.app.policy).Statement : !contains(statement.Resource, "*")])
    error_message = "The app reaches its own bucket and key alone."
  }

  assert {
    condition     = aws_eks_pod_identity_association.app["shop-backend"].namespace == "production"
    error_message = "Only the named service accounts of the environment's namespace get the role."
  }
}

run "without_copies" {
  command = plan

  variables {
    copies = null
  }

  assert {
    condition     = length(aws_s3_bucket_replication_configuration.copy) == 0 && output.copy == null
    error_message = "Nothing is copied where nobody asked."
  }
}
