output "versions" {
  description = "What is installed, by name."
  value       = { for name, release in merge(helm_release.first, helm_release.then) : name => release.version }
}
