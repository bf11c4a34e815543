mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name    = "shop-prod"
  account = "123456789012"
  key_arn = "arn:aws:kms:us-west-2:123456789012:key/alarms"
  tell    = ["ops@shop.example"]
  alarms = {
    database-connections = {
      description    = "The database runs out of connections."
      namespace      = "AWS/RDS"
      metric         = "DatabaseConnections"
      dimensions     = { DBInstanceIdentifier = "shop-prod" }
      statistic      = "Maximum"
      comparison     = "GreaterThanThreshold"
      threshold      = 900
      period_seconds = 60
      periods        = 5
      severity       = "critical"
      runbook        = "database-connections"
    }
  }
}

run "alarms" {
  command = plan

  assert {
    condition     = alltrue([for topic in aws_sns_topic.main : topic.kms_master_key_id == var.key_arn])
    error_message = "What is said of the system is encrypted."
  }

  assert {
    condition     = alltrue([for policy in aws_sns_topic_policy.main : jsondecode(policy.policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"])
    error_message = "Only services of this account speak."
  }

  assert {
    condition     = length(aws_sns_topic_subscription.mail) == 2
    error_message = "Everybody named hears both severities."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["database-connections"].threshold == 900 && aws_cloudwatch_metric_alarm.main["database-connections"].evaluation_periods == 5
    error_message = "An alarm goes off at its threshold, after its periods."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.main["database-connections"].alarm_actions) == 1 && length(aws_cloudwatch_metric_alarm.main["database-connections"].ok_actions) == 1
    error_message = "An alarm says when it begins and when it is over."
  }

  assert {
    condition     = endswith(aws_cloudwatch_metric_alarm.main["database-connections"].alarm_description, "Runbook: database-connections")
    error_message = "An alarm says what to do."
  }
}

run "an_alarm_without_a_runbook_is_refused" {
  command = plan

  variables {
    alarms = {
      nameless = { description = "", namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = {}, statistic = "Average", comparison = "GreaterThanThreshold", threshold = 1, period_seconds = 60, periods = 1, severity = "critical", runbook = "" }
    }
  }

  expect_failures = [var.alarms]
}

run "an_unknown_severity_is_refused" {
  command = plan

  variables {
    alarms = {
      shouting = { description = "", namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = {}, statistic = "Average", comparison = "GreaterThanThreshold", threshold = 1, period_seconds = 60, periods = 1, severity = "panic", runbook = "database" }
    }
  }

  expect_failures = [var.alarms]
}
