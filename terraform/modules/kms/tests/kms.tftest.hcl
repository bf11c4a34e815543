mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name    = "shop"
  account = "123456789012"
  region  = "us-west-2"
  keys = {
    logs   = { description = "Logs", log_groups = true }
    alarms = { description = "Alarms", services = ["cloudwatch.amazonaws.com"] }
    copies = { description = "Copies", region = "us-east-2" }
  }
}

run "keys" {
  command = plan

  assert {
    condition     = alltrue([for key in aws_kms_key.main : key.enable_key_rotation])
    error_message = "Keys rotate."
  }

  assert {
    condition     = alltrue([for key in aws_kms_key.main : key.deletion_window_in_days == 30])
    error_message = "A key scheduled for deletion can be kept for 30 days."
  }

  assert {
    condition     = alltrue(flatten([for key in aws_kms_key.main : [for statement in jsondecode(key.policy).Statement : try(statement.Principal.AWS, "") != "*" && try(statement.Principal, "") != "*"]]))
    error_message = "No key is open to everybody."
  }

  assert {
    condition     = jsondecode(aws_kms_key.main["alarms"].policy).Statement[1].Condition.StringEquals["aws:SourceAccount"] == "123456789012" && jsondecode(aws_kms_key.main["logs"].policy).Statement[1].Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] == "arn:aws:logs:us-west-2:123456789012:log-group:*"
    error_message = "A service uses a key for this account alone."
  }

  assert {
    condition     = aws_kms_key.main["copies"].region == "us-east-2" && aws_kms_alias.main["copies"].region == "us-east-2"
    error_message = "The key of copies lies where the copies are."
  }
}
