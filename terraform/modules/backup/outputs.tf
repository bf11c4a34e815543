output "vault" {
  description = "The vault's name."
  value       = aws_backup_vault.main.name
}

output "copies_vault_arn" {
  description = "The vault of copies; null where there is none."
  value       = try(aws_backup_vault.copies[0].arn, null)
}
