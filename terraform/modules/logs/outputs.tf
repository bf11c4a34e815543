output "application_group" {
  description = "The log group of every container's output."
  value       = aws_cloudwatch_log_group.cluster["application"].name
}

output "access_log_bucket" {
  description = "Where buckets' access logs go."
  value       = module.access.name
}

output "archive_bucket" {
  description = "The archive."
  value       = module.archive.name
}
