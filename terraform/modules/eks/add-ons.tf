locals {
  # Those that talk to AWS, each with a role that it gets by EKS Pod Identity.
  addon_roles = {
    vpc-cni                         = { policy = "AmazonEKS_CNI_Policy", service_account = "aws-node" }
    aws-ebs-csi-driver              = { policy = "service-role/AmazonEBSCSIDriverPolicy", service_account = "ebs-csi-controller-sa" }
    amazon-cloudwatch-observability = { policy = "CloudWatchAgentServerPolicy", service_account = "cloudwatch-agent" }
  }

  # A node without these is never ready.
  before_nodes = {
    vpc-cni                = { enableNetworkPolicy = "true", env = { ENABLE_PREFIX_DELEGATION = "true" } }
    kube-proxy             = {}
    eks-pod-identity-agent = {}
  }

  # amazon-cloudwatch-observability is the one shipper of logs: Fluent Bit, from every container's output to CloudWatch Logs.
  after_nodes = {
    coredns                         = { autoScaling = { enabled = true } }
    metrics-server                  = {}
    aws-ebs-csi-driver              = {}
    amazon-cloudwatch-observability = { containerLogs = { enabled = true } }
  }

  addons = merge(local.before_nodes, local.after_nodes)
}

# The version that AWS gives this Kubernetes, so that raising Kubernetes raises them together.
data "aws_eks_addon_version" "tested" {
  for_each = local.addons

  addon_name         = each.key
  kubernetes_version = var.kubernetes_version
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.before_nodes

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.tested[each.key].version
  configuration_values        = jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "PRESERVE"

  dynamic "pod_identity_association" {
    for_each = try([local.addon_roles[each.key]], [])

    content {
      role_arn        = aws_iam_role.addon[each.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }
}

resource "aws_eks_addon" "after_nodes" {
  for_each = local.after_nodes

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.tested[each.key].version
  configuration_values        = jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "PRESERVE"

  dynamic "pod_identity_association" {
    for_each = try([local.addon_roles[each.key]], [])

    content {
      role_arn        = aws_iam_role.addon[each.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  depends_on = [aws_eks_node_group.main]
}
