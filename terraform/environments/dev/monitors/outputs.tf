output "dashboard_url" {
  description = "Where the dashboard is, from Datadog's site."
  value       = module.datadog.dashboard_url
}
