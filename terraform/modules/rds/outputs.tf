output "identifier" {
  description = "The instance's name."
  value       = aws_db_instance.main.identifier
}

output "arn" {
  description = "The instance, for backups."
  value       = aws_db_instance.main.arn
}

output "address" {
  description = "Its host name."
  value       = aws_db_instance.main.address
}

output "security_group_id" {
  description = "The group that it is in: drills restore into the same."
  value       = aws_security_group.database.id
}

output "subnet_group" {
  description = "Its subnets: drills restore into the same."
  value       = aws_db_subnet_group.main.name
}

output "parameter_group" {
  description = "Its parameters: drills restore with the same."
  value       = aws_db_parameter_group.main.name
}

output "master_secret_arn" {
  description = "The secret in which RDS keeps and rotates the master password."
  value       = aws_db_instance.main.master_user_secret[0].secret_arn
}
