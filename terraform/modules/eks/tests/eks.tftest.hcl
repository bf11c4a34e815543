mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                     = "shop"
  kubernetes_version       = "1.36"
  vpc_id                   = "vpc-0123456789abcdef0"
  subnet_ids               = ["subnet-a", "subnet-b", "subnet-c"]
  control_plane_subnet_ids = ["subnet-d", "subnet-e", "subnet-f"]
  instance_types           = ["m7g.xlarge"]
  min_nodes                = 3
  max_nodes                = 10
  cluster_key_arn          = "arn:aws:kms:us-west-2:123456789012:key/cluster"
  logs_key_arn             = "arn:aws:kms:us-west-2:123456789012:key/logs"
  log_retention_days       = 30
  access = {
    deploy = { principal_arn = "arn:aws:iam::123456789012:role/deploy", groups = ["deployers"] }
    view   = { principal_arn = "arn:aws:iam::123456789012:role/view", policy = "AmazonEKSViewPolicy", namespaces = ["production"] }
  }
}

run "cluster" {
  command = plan

  assert {
    condition     = aws_eks_cluster.main.vpc_config[0].endpoint_private_access && !aws_eks_cluster.main.vpc_config[0].endpoint_public_access
    error_message = "The API server is private unless ranges are named."
  }

  assert {
    condition     = aws_eks_cluster.main.encryption_config[0].provider[0].key_arn == var.cluster_key_arn && contains(aws_eks_cluster.main.encryption_config[0].resources, "secrets")
    error_message = "Secrets in the cluster are encrypted with our own key."
  }

  assert {
    condition     = aws_eks_cluster.main.access_config[0].authentication_mode == "API" && !aws_eks_cluster.main.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access is by entries alone, and creating a cluster makes nobody its administrator."
  }

  assert {
    condition     = length(aws_eks_cluster.main.enabled_cluster_log_types) == 5
    error_message = "The control plane writes all of its logs."
  }

  assert {
    condition     = aws_cloudwatch_log_group.control_plane.name == "/aws/eks/shop/cluster" && aws_cloudwatch_log_group.control_plane.retention_in_days == 30 && aws_cloudwatch_log_group.control_plane.kms_key_id == var.logs_key_arn
    error_message = "The control plane's log group is ours, encrypted, and ends."
  }

  assert {
    condition     = aws_eks_cluster.main.deletion_protection
    error_message = "A cluster refuses to be deleted."
  }

  assert {
    condition     = aws_eks_cluster.main.upgrade_policy[0].support_type == "STANDARD"
    error_message = "Extended support does not begin without a word."
  }

  assert {
    condition     = aws_eks_cluster.main.zonal_shift_config[0].enabled
    error_message = "A failing zone can be left."
  }

  assert {
    condition     = aws_eks_access_policy_association.main["view"].access_scope[0].type == "namespace" && !contains(keys(aws_eks_access_policy_association.main), "deploy")
    error_message = "An access policy holds in its namespaces alone."
  }
}

run "nodes" {
  command = plan

  assert {
    condition     = aws_launch_template.node.metadata_options[0].http_tokens == "required" && aws_launch_template.node.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "A pod cannot ask for its node's credentials."
  }

  assert {
    condition     = tobool(aws_launch_template.node.block_device_mappings[0].ebs[0].encrypted) && aws_launch_template.node.block_device_mappings[0].ebs[0].kms_key_id == var.cluster_key_arn
    error_message = "A node's disk is encrypted with our own key."
  }

  assert {
    condition     = aws_launch_template.node.block_device_mappings[0].ebs[0].volume_type == "gp3"
    error_message = "A node's disk is gp3."
  }

  assert {
    condition     = aws_eks_node_group.main.ami_type == "AL2023_ARM_64_STANDARD"
    error_message = "Graviton nodes start Amazon Linux 2023 for ARM."
  }

  assert {
    condition     = aws_eks_node_group.main.scaling_config[0].min_size == 3 && aws_eks_node_group.main.scaling_config[0].max_size == 10
    error_message = "The node group keeps to its bounds."
  }

  assert {
    condition     = aws_eks_node_group.main.update_config[0].max_unavailable_percentage == 33
    error_message = "An update takes a third of the nodes at most."
  }

  assert {
    condition     = aws_eks_node_group.main.node_repair_config[0].enabled
    error_message = "A broken node is replaced."
  }

  assert {
    condition     = !contains(keys(aws_iam_role_policy_attachment.node), "AmazonEKS_CNI_Policy") && length(aws_iam_role_policy_attachment.node) == 2
    error_message = "Nodes hold no more than joining and pulling."
  }
}

run "add_ons" {
  command = plan

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "NetworkPolicies are enforced."
  }

  assert {
    condition     = contains(keys(aws_eks_addon.after_nodes), "metrics-server")
    error_message = "Autoscaling has its metrics."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.after_nodes["amazon-cloudwatch-observability"].configuration_values).containerLogs.enabled
    error_message = "One shipper brings every container's output to CloudWatch Logs."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.addon : jsondecode(role.assume_role_policy).Statement[0].Principal.Service == "pods.eks.amazonaws.com"])
    error_message = "Add-ons get their roles by Pod Identity."
  }

  assert {
    condition     = alltrue([for addon in merge(aws_eks_addon.before_nodes, aws_eks_addon.after_nodes) : addon.addon_version == "v1.0.0-eksbuild.1"])
    error_message = "Every add-on has the version that AWS tested with this Kubernetes."
  }
}

run "reachable_from_known_ranges" {
  command = plan

  variables {
    public_access_cidrs = ["198.51.100.0/24"]
  }

  assert {
    condition     = tolist(aws_eks_cluster.main.vpc_config[0].public_access_cidrs) == tolist(["198.51.100.0/24"]) && aws_eks_cluster.main.vpc_config[0].endpoint_public_access
    error_message = "The API server answers the ranges that were named, and no other."
  }
}

run "the_whole_world_is_refused" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "old_kubernetes_is_refused" {
  command = plan

  variables {
    kubernetes_version = "1.28"
  }

  expect_failures = [var.kubernetes_version]
}

run "an_old_generation_is_refused" {
  command = plan

  variables {
    deletion_protection = false
    instance_types      = ["t3.large"]
  }

  expect_failures = [var.instance_types]
}

run "burstable_nodes_are_refused_where_it_matters" {
  command = plan

  variables {
    instance_types = ["t4g.large"]
  }

  expect_failures = [var.instance_types]
}

run "two_zones_are_refused" {
  command = plan

  variables {
    subnet_ids = ["subnet-a", "subnet-b"]
  }

  expect_failures = [var.subnet_ids]
}

run "one_node_is_refused" {
  command = plan

  variables {
    min_nodes = 1
  }

  expect_failures = [var.min_nodes]
}

run "cluster_wide_policies_are_refused" {
  command = plan

  variables {
    access = { all = { principal_arn = "arn:aws:iam::123456789012:role/all", policy = "AmazonEKSClusterAdminPolicy" } }
  }

  expect_failures = [var.access]
}
