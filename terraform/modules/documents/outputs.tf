output "bucket" {
  description = "The bucket's name."
  value       = module.bucket.name
}

output "arn" {
  description = "The bucket, for backups."
  value       = module.bucket.arn
}

output "copy" {
  description = "The copy's name; null where there is none."
  value       = try(module.copy[0].name, null)
}
