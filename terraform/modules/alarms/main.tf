locals {
  severities = toset(["warning", "critical"])
}

resource "aws_sns_topic" "main" {
  for_each = local.severities

  name              = "${var.name}-${each.key}"
  kms_master_key_id = var.key_arn
}

resource "aws_sns_topic_policy" "main" {
  for_each = local.severities

  arn = aws_sns_topic.main[each.key].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ServicesOfThisAccountAlone"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com", "backup.amazonaws.com", "events.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.main[each.key].arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = { for pair in setproduct(local.severities, var.tell) : "${pair[0]} ${pair[1]}" => { severity = pair[0], address = pair[1] } }

  topic_arn = aws_sns_topic.main[each.value.severity].arn
  protocol  = "email"
  endpoint  = each.value.address
}

resource "aws_cloudwatch_metric_alarm" "main" {
  for_each = var.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: ${each.value.runbook}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period_seconds
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods
  treat_missing_data  = each.value.missing_data

  alarm_actions             = [aws_sns_topic.main[each.value.severity].arn]
  ok_actions                = [aws_sns_topic.main[each.value.severity].arn]
  insufficient_data_actions = each.value.missing_data == "breaching" ? [aws_sns_topic.main[each.value.severity].arn] : []
}
