locals {
  tags       = ["app:${var.app}", "env:${var.environment}", "managed-by:terraform"]
  priorities = { critical = "1", warning = "3", info = "5" }
  handles    = join(" ", [for address in sort(var.tell) : "@${address}"])
  tells      = { critical = local.handles, warning = local.handles, info = "" }

  # One part is asked directly; of several, each is a monitor that tells nobody.
  plain    = { for key, monitor in var.monitors : key => merge(monitor, var.parts[monitor.all_of[0]], { name = monitor.name }) if length(monitor.all_of) == 1 }
  together = { for key, monitor in var.monitors : key => monitor if length(monitor.all_of) > 1 }
  silent   = toset(flatten([for monitor in local.together : monitor.all_of]))
}

resource "datadog_monitor" "part" {
  for_each = local.silent

  name                = "${var.parts[each.key].name} (part of another)"
  type                = "query alert"
  query               = var.parts[each.key].query
  message             = "Tells nobody: it is part of another monitor."
  require_full_window = false
  on_missing_data     = "resolve"
  tags                = concat(local.tags, ["part:true"])

  monitor_thresholds {
    critical = tostring(var.parts[each.key].threshold)
  }
}

resource "datadog_monitor" "plain" {
  for_each = local.plain

  name                = each.value.name
  type                = "query alert"
  query               = each.value.query
  message             = trimspace("${each.value.message}\n\n${local.tells[each.value.severity]}")
  priority            = local.priorities[each.value.severity]
  require_full_window = false
  on_missing_data     = each.value.tells_of_no_data ? "show_and_notify_no_data" : "resolve"
  tags                = concat(local.tags, ["severity:${each.value.severity}", "owner:${each.value.owner}", "runbook:${each.value.runbook}"])

  monitor_thresholds {
    critical = tostring(each.value.threshold)
  }
}

resource "datadog_monitor" "together" {
  for_each = local.together

  name     = each.value.name
  type     = "composite"
  query    = join(" && ", [for part in each.value.all_of : datadog_monitor.part[part].id])
  message  = trimspace("${each.value.message}\n\n${local.tells[each.value.severity]}")
  priority = local.priorities[each.value.severity]
  tags     = concat(local.tags, ["severity:${each.value.severity}", "owner:${each.value.owner}", "runbook:${each.value.runbook}"])
}

resource "datadog_service_level_objective" "requests" {
  name = var.objective.name
  type = "metric"
  tags = local.tags

  query {
    numerator   = var.objective.good
    denominator = var.objective.all
  }

  thresholds {
    timeframe = "${var.objective.days}d"
    target    = var.objective.percent
  }
}

resource "datadog_monitor" "burn" {
  for_each = var.objective.burns

  name     = each.value.name
  type     = "slo alert"
  query    = "burn_rate(\"${datadog_service_level_objective.requests.id}\").over(\"${var.objective.days}d\").long_window(\"${each.value.long_window}\").short_window(\"${each.value.short_window}\") > ${each.value.times}"
  message  = trimspace("${each.value.message}\n\n${local.tells[each.value.severity]}")
  priority = local.priorities[each.value.severity]
  tags     = concat(local.tags, ["severity:${each.value.severity}", "owner:${each.value.owner}", "runbook:${each.value.runbook}"])

  monitor_thresholds {
    critical = tostring(each.value.times)
  }
}

resource "datadog_dashboard_json" "main" {
  dashboard = jsonencode(var.dashboard)
}

resource "datadog_metric_tag_configuration" "distribution" {
  for_each = var.percentiles

  metric_name         = each.key
  metric_type         = "distribution"
  include_percentiles = true
  tags                = each.value
}
