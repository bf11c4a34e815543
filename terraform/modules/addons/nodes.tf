data "aws_eks_cluster" "main" {
  name = var.cluster.name
}

data "aws_ec2_instance_type" "node" {
  for_each = toset(var.cluster.instance_types)

  instance_type = each.key
}

data "aws_kms_alias" "cluster" {
  name = "alias/${var.cluster.name}-cluster"
}

locals {
  node_role    = "${var.cluster.name}-node"
  architecture = coalesce(var.node_architecture, can(regex("^[a-z]+[0-9]+g", var.cluster.instance_types[0])) ? "arm64" : "amd64")

  # The node group always has cluster.min; Karpenter adds up to cluster.max, counted in CPUs of the largest type.
  largest_cpus = max([for type in data.aws_ec2_instance_type.node : type.default_vcpus]...)

  node_pool = {
    clusterName     = var.cluster.name
    role            = local.node_role
    securityGroupId = data.aws_eks_cluster.main.vpc_config[0].cluster_security_group_id
    kmsKeyId        = data.aws_kms_alias.cluster.target_key_arn
    instanceTypes   = var.cluster.instance_types
    architecture    = local.architecture
    limits          = { cpu = tostring((var.cluster.max - var.cluster.min) * local.largest_cpus) }
  }
}
