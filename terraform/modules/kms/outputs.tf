output "arns" {
  description = "The keys' ARNs by name."
  value       = { for name, key in aws_kms_key.main : name => key.arn }
}
