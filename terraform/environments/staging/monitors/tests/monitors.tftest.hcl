# The values are the rendered ones beside this folder, so what is tested is what would be applied.
mock_provider "datadog" {
  override_during = plan
}

run "as_described" {
  command = plan

  assert {
    condition     = length(var.monitors) > 0 && length(var.objective.burns) > 0
    error_message = "There is something to watch."
  }

  assert {
    condition     = alltrue([for monitor in var.monitors : strcontains(monitor.message, "Runbook: ")])
    error_message = "Whoever is told is told what to do."
  }
}
