output "state_bucket" {
  description = "The bucket of Terraform's state."
  value       = module.state.name
}
