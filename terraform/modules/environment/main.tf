locals {
  # What is there once in an environment has the cluster's name.
  name = var.cluster.name

  lock_mode = var.protected ? "COMPLIANCE" : "GOVERNANCE"
  copies    = var.copies_region == null ? null : { region = var.copies_region, key_arn = module.kms.arns["copies"] }
}

module "kms" {
  source = "../kms"

  name    = local.name
  account = var.account
  region  = var.region
  keys = merge(
    {
      cluster = {
        description = "Secrets in the cluster, and nodes' disks"
        roles       = ["arn:aws:iam::${var.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"]
      }
      database  = { description = "PostgreSQL's disk, snapshots and master password" }
      cache     = { description = "The cache, its snapshots and its address" }
      documents = { description = "Documents" }
      secrets   = { description = "Secrets" }
      registry  = { description = "Images" }
      backup    = { description = "Recovery points" }
      logs      = { description = "Logs and their archive", log_groups = true }
      alarms    = { description = "What alarms say", services = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "backup.amazonaws.com", "events.amazonaws.com"] }
    },
    var.domain == null ? {} : { dns = { description = "The log of DNS queries", region = "us-east-1", log_groups = true } },
    var.copies_region == null ? {} : { copies = { description = "Copies of documents, backups and the database", region = var.copies_region } },
  )
}

module "vpc" {
  source = "../vpc"

  name                    = local.name
  region                  = var.region
  cidr                    = var.network.cidr
  zones                   = var.network.zones
  nat                     = var.network.nat
  flow_log_retention_days = var.logs.retention_days
  logs_key_arn            = module.kms.arns["logs"]
}

module "registry" {
  source = "../registry"

  repositories = var.registry.repositories
  key_arn      = module.kms.arns["registry"]
}

module "eks" {
  source = "../eks"

  name                     = var.cluster.name
  kubernetes_version       = var.cluster.version
  vpc_id                   = module.vpc.vpc_id
  subnet_ids               = module.vpc.private_subnet_ids
  control_plane_subnet_ids = module.vpc.intra_subnet_ids
  instance_types           = var.cluster.instance_types
  min_nodes                = var.cluster.min
  max_nodes                = var.cluster.max
  public_access_cidrs      = var.cluster.public_access_cidrs
  cluster_key_arn          = module.kms.arns["cluster"]
  logs_key_arn             = module.kms.arns["logs"]
  log_retention_days       = var.logs.retention_days
  deletion_protection      = var.protected

  # Workflows deliver to their own namespace: the usual kinds by EKS's policy, routes and the like by the group's Role there.
  access = {
    deploy = {
      principal_arn = module.github.role_arns["deploy"]
      groups        = ["${var.app}-deployers"]
      policy        = "AmazonEKSEditPolicy"
      namespaces    = [var.environment]
    }
  }
}

module "github" {
  source = "../github-oidc"

  name            = local.name
  repository      = var.repository
  environment     = var.environment
  account         = var.account
  region          = var.region
  cluster_arn     = "arn:aws:eks:${var.region}:${var.account}:cluster/${var.cluster.name}"
  repository_arns = module.registry.arns
  state_bucket    = var.state_bucket
}

module "dns" {
  source = "../dns"
  count  = var.domain == null ? 0 : 1

  domain             = var.domain
  name               = local.name
  account            = var.account
  logs_key_arn       = module.kms.arns["dns"]
  log_retention_days = var.logs.retention_days
  cluster            = module.eks.name
}

module "logs" {
  source = "../logs"

  name            = local.name
  account         = var.account
  region          = var.region
  cluster         = module.eks.name
  retention_days  = var.logs.retention_days
  archive         = { mode = local.lock_mode, days = var.logs.archive_days }
  archived_groups = { control_plane = module.eks.log_group }
  key_arn         = module.kms.arns["logs"]
}

module "search" {
  source = "../search"
  count  = var.search.enabled ? 1 : 0

  name                      = local.name
  account                   = var.account
  region                    = var.region
  instance_type             = var.search.instance_type
  storage_gib               = var.search.storage_gib
  vpc_id                    = module.vpc.vpc_id
  subnet_ids                = slice(module.vpc.private_subnet_ids, 0, 3)
  client_security_group_ids = { nodes = module.eks.node_security_group_id }
  admin_role_arn            = module.github.role_arns["apply"]
  key_arn                   = module.kms.arns["logs"]
  log_retention_days        = var.logs.retention_days
  logs_key_arn              = module.kms.arns["logs"]
}

module "alarms" {
  source = "../alarms"

  name    = local.name
  account = var.account
  key_arn = module.kms.arns["alarms"]
  tell    = var.budget.tell
  alarms  = var.alarms
}

module "budget" {
  source = "../budget"

  name        = local.name
  monthly_usd = var.budget.monthly_usd
  tell        = var.budget.tell
}
