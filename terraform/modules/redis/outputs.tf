output "name" {
  description = "The replication group's name."
  value       = aws_elasticache_replication_group.main.replication_group_id
}

output "primary_endpoint" {
  description = "The primary's host name."
  value       = aws_elasticache_replication_group.main.primary_endpoint_address
}

output "secret_arn" {
  description = "The secret with the whole address."
  value       = aws_secretsmanager_secret.address.arn
}
