output "urls" {
  description = "Where each image is pushed and pulled."
  value       = { for name, repository in aws_ecr_repository.main : name => repository.repository_url }
}

output "arns" {
  description = "The repositories, for the roles that push."
  value       = [for repository in aws_ecr_repository.main : repository.arn]
}
