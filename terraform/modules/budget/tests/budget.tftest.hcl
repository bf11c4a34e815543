mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "shop-prod"
  monthly_usd = 5000
  tell        = ["ops@shop.example"]
}

run "budget" {
  command = plan

  assert {
    condition     = aws_budgets_budget.monthly.limit_amount == "5000" && aws_budgets_budget.monthly.time_unit == "MONTHLY"
    error_message = "The budget is the month's."
  }

  assert {
    condition     = length([for note in aws_budgets_budget.monthly.notification : note if note.notification_type == "FORECASTED" && contains(note.subscriber_email_addresses, "ops@shop.example")]) == 1
    error_message = "Somebody is told before the money is spent."
  }

  assert {
    condition     = length([for note in aws_budgets_budget.monthly.notification : note if note.notification_type == "ACTUAL" && note.threshold == 80]) == 1
    error_message = "Somebody is told at four fifths."
  }

  assert {
    condition     = one(aws_ce_anomaly_subscription.daily.subscriber).address == "ops@shop.example"
    error_message = "Somebody is told of what is out of the ordinary."
  }
}

run "a_budget_that_nobody_hears_of_is_refused" {
  command = plan

  variables {
    tell = []
  }

  expect_failures = [var.tell]
}

run "no_budget_is_refused" {
  command = plan

  variables {
    monthly_usd = 0
  }

  expect_failures = [var.monthly_usd]
}
