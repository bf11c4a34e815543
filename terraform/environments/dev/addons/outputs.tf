output "versions" {
  description = "What is installed, by name."
  value       = module.addons.versions
}
