output "name" {
  description = "The cluster's name, known once it is there."
  value       = aws_eks_cluster.main.name
}

output "endpoint" {
  description = "The API server's address."
  value       = aws_eks_cluster.main.endpoint
}

output "certificate_authority" {
  description = "The certificate by which the API server is known, in base64."
  value       = aws_eks_cluster.main.certificate_authority[0].data
}

output "node_security_group_id" {
  description = "The group of nodes and pods: what databases and caches let in."
  value       = aws_eks_cluster.main.vpc_config[0].cluster_security_group_id
}

output "node_role_name" {
  description = "The nodes' role, for Karpenter's nodes as well."
  value       = aws_iam_role.node.name
}

output "log_group" {
  description = "The log group of the control plane."
  value       = aws_cloudwatch_log_group.control_plane.name
}
