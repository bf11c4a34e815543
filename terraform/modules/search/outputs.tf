output "endpoint" {
  description = "Where dashboards and queries go."
  value       = aws_opensearch_domain.main.endpoint
}

output "arn" {
  description = "The domain."
  value       = aws_opensearch_domain.main.arn
}
