output "role_arns" {
  description = "What workflows name as role-to-assume: deploy, apply, plan."
  value       = { for name, role in aws_iam_role.main : name => role.arn }
}
