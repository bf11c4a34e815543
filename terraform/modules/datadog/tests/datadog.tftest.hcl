mock_provider "datadog" {
  override_during = plan

  mock_resource "datadog_service_level_objective" {
    defaults = { id = "objective-1" }
  }
  mock_resource "datadog_monitor" {
    defaults = { id = "1234" }
  }
}

variables {
  app         = "shop"
  environment = "live"
  tell        = ["ops@shop.example"]
  parts = {
    errors   = { name = "Errors", query = "sum(last_5m):100 * sum:bad{*}.as_count() / sum:all{*}.as_count() > 5", threshold = 5 }
    requests = { name = "Enough requests", query = "sum(last_5m):sum:all{*}.as_count() >= 100", threshold = 100 }
    memory   = { name = "Memory", query = "min(last_5m):avg:memory{*} by {host} > 90", threshold = 90 }
    traffic  = { name = "Traffic", query = "max(last_10m):sum:all{*}.as_count() < 10", threshold = 10 }
  }
  monitors = {
    errors  = { name = "Errors", all_of = ["errors", "requests"], message = "Errors.", severity = "critical", owner = "application", runbook = "high-error-rate", tells_of_no_data = false }
    memory  = { name = "Memory", all_of = ["memory"], message = "Memory.", severity = "warning", owner = "platform", runbook = "node-memory", tells_of_no_data = true }
    traffic = { name = "Traffic", all_of = ["traffic"], message = "Traffic.", severity = "info", owner = "application", runbook = "low-traffic", tells_of_no_data = false }
  }
  objective = {
    name    = "Requests that do not fail"
    good    = "sum:all{*}.as_count() - sum:bad{*}.as_count()"
    all     = "sum:all{*}.as_count()"
    percent = 99.5
    days    = 30
    burns = {
      fast = { name = "Fast", times = 14.4, long_window = "1h", short_window = "5m", message = "Fast.", severity = "critical", owner = "application", runbook = "error-budget" }
    }
  }
  dashboard   = { title = "Shop", layout_type = "ordered", widgets = [] }
  percentiles = { "request.duration" = ["service"] }
}

run "monitors" {
  command = plan

  assert {
    condition     = datadog_monitor.together["errors"].type == "composite" && datadog_monitor.together["errors"].query == "1234 && 1234"
    error_message = "Errors tell only where there are enough requests as well."
  }

  assert {
    condition     = keys(datadog_monitor.part) == ["errors", "requests"] && alltrue([for part in datadog_monitor.part : !strcontains(part.message, "@")])
    error_message = "A part of another monitor tells nobody by itself."
  }

  assert {
    condition     = datadog_monitor.plain["memory"].query == var.parts.memory.query && datadog_monitor.plain["memory"].monitor_thresholds[0].critical == "90"
    error_message = "A single part is asked as it is, with the number that it compares with."
  }

  assert {
    condition     = datadog_monitor.plain["memory"].on_missing_data == "show_and_notify_no_data" && datadog_monitor.plain["traffic"].on_missing_data == "resolve"
    error_message = "What is always there is told of when it is not."
  }

  assert {
    condition     = endswith(datadog_monitor.plain["memory"].message, "@ops@shop.example") && endswith(datadog_monitor.together["errors"].message, "@ops@shop.example")
    error_message = "Warnings and what is critical reach people."
  }

  assert {
    condition     = !strcontains(datadog_monitor.plain["traffic"].message, "@") && datadog_monitor.plain["traffic"].priority == "5"
    error_message = "Info is shown, and tells nobody."
  }

  assert {
    condition     = contains(datadog_monitor.together["errors"].tags, "runbook:high-error-rate") && contains(datadog_monitor.together["errors"].tags, "owner:application")
    error_message = "A monitor says whose it is, and what to do."
  }
}

run "objective" {
  command = plan

  assert {
    condition     = datadog_service_level_objective.requests.thresholds[0].target == 99.5 && datadog_service_level_objective.requests.thresholds[0].timeframe == "30d"
    error_message = "The objective is what was promised, over its days."
  }

  assert {
    condition     = datadog_monitor.burn["fast"].query == "burn_rate(\"objective-1\").over(\"30d\").long_window(\"1h\").short_window(\"5m\") > 14.4"
    error_message = "The budget is watched in a long window and a short one."
  }

  assert {
    condition     = endswith(datadog_monitor.burn["fast"].message, "@ops@shop.example") && datadog_monitor.burn["fast"].priority == "1"
    error_message = "A budget that burns fast wakes people."
  }

  assert {
    condition     = datadog_metric_tag_configuration.distribution["request.duration"].include_percentiles
    error_message = "Where a percentile is asked for, it is kept."
  }

  assert {
    condition     = jsondecode(datadog_dashboard_json.main.dashboard).title == "Shop"
    error_message = "The dashboard is the one that was rendered."
  }
}

run "a_monitor_of_a_part_that_is_not_there_is_refused" {
  command = plan

  variables {
    monitors = { lost = { name = "Lost", all_of = ["nothing"], message = "", severity = "warning", owner = "platform", runbook = "lost", tells_of_no_data = false } }
  }

  expect_failures = [var.monitors]
}

run "a_monitor_without_a_runbook_is_refused" {
  command = plan

  variables {
    monitors = { memory = { name = "Memory", all_of = ["memory"], message = "", severity = "warning", owner = "platform", runbook = "", tells_of_no_data = false } }
  }

  expect_failures = [var.monitors]
}

run "an_unknown_severity_is_refused" {
  command = plan

  variables {
    monitors = { memory = { name = "Memory", all_of = ["memory"], message = "", severity = "panic", owner = "platform", runbook = "node-memory", tells_of_no_data = false } }
  }

  expect_failures = [var.monitors]
}

run "a_query_without_its_comparison_is_refused" {
  command = plan

  variables {
    parts    = { memory = { name = "Memory", query = "min(last_5m):avg:memory{*}", threshold = 90 } }
    monitors = {}
  }

  expect_failures = [var.parts]
}

run "an_address_that_is_none_is_refused" {
  command = plan

  variables {
    tell = ["somebody"]
  }

  expect_failures = [var.tell]
}

run "an_objective_that_leaves_nothing_to_spend_is_refused" {
  command = plan

  variables {
    objective = { name = "All", good = "a", all = "a", percent = 100, days = 30, burns = {} }
  }

  expect_failures = [var.objective]
}

run "an_objective_over_days_that_datadog_does_not_count_is_refused" {
  command = plan

  variables {
    objective = { name = "All", good = "a", all = "a", percent = 99, days = 28, burns = {} }
  }

  expect_failures = [var.objective]
}
