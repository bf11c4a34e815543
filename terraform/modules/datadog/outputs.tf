output "monitors" {
  description = "By key, the id of what tells people."
  value       = merge({ for key, monitor in datadog_monitor.plain : key => monitor.id }, { for key, monitor in datadog_monitor.together : key => monitor.id }, { for key, monitor in datadog_monitor.burn : key => monitor.id })
}

output "dashboard_url" {
  description = "Where the dashboard is, from Datadog's site."
  value       = datadog_dashboard_json.main.url
}
