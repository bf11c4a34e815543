output "environment" {
  description = "What other states, workflows and people look up here."
  value       = module.environment
}
