module "rds" {
  source = "../rds"
  count  = var.database == null ? 0 : 1

  identifier                = var.database.identifier
  database_name             = var.database.name
  username                  = var.database.username
  engine_version            = var.database.engine_version
  instance_class            = var.database.instance_class
  storage_gib               = var.database.storage_gib
  max_storage_gib           = var.database.max_storage_gib
  multi_az                  = var.database.multi_az
  vpc_id                    = module.vpc.vpc_id
  subnet_ids                = module.vpc.database_subnet_ids
  client_security_group_ids = { nodes = module.eks.node_security_group_id }
  backup_retention_days     = var.database.backup_retention_days
  backup_window             = var.database.backup_window
  maintenance_window        = var.database.maintenance_window
  max_connections           = var.database.max_connections
  key_arn                   = module.kms.arns["database"]
  logs_key_arn              = module.kms.arns["logs"]
  log_retention_days        = var.logs.retention_days
  deletion_protection       = var.protected
  copies                    = local.copies
}

module "redis" {
  source = "../redis"
  count  = var.cache == null ? 0 : 1

  name                      = var.cache.name
  engine                    = var.cache.engine
  engine_version            = var.cache.engine_version
  node_type                 = var.cache.node_type
  nodes                     = var.cache.nodes
  vpc_id                    = module.vpc.vpc_id
  subnet_ids                = module.vpc.cache_subnet_ids
  client_security_group_ids = { nodes = module.eks.node_security_group_id }
  snapshot_retention_days   = var.cache.snapshot_retention_days
  snapshot_window           = var.cache.snapshot_window
  maintenance_window        = var.cache.maintenance_window
  key_arn                   = module.kms.arns["cache"]
  logs_key_arn              = module.kms.arns["logs"]
  log_retention_days        = var.logs.retention_days
  secret_name               = "${var.secrets.prefix}/cache"
}

module "documents" {
  source = "../documents"
  count  = var.documents == null ? 0 : 1

  bucket            = var.documents.bucket
  account           = var.account
  key_arn           = module.kms.arns["documents"]
  lock              = { mode = local.lock_mode, days = var.documents.lock_days }
  access_log_bucket = module.logs.access_log_bucket
  copies            = local.copies
  cluster           = module.eks.name
  namespace         = var.environment
  service_accounts  = var.documents.service_accounts
}

module "secrets" {
  source = "../secrets"

  prefix    = var.secrets.prefix
  names     = setunion(var.secrets.names, var.database == null ? [] : ["database"])
  key_arn   = module.kms.arns["secrets"]
  readable  = var.cache == null ? {} : { cache = { secret_arn = module.redis[0].secret_arn, key_arn = module.kms.arns["cache"] } }
  cluster   = module.eks.name
  role_name = "${local.name}-external-secrets"
}

module "backup" {
  source = "../backup"

  name            = local.name
  account         = var.account
  retention_days  = max(7, try(var.database.backup_retention_days, 7))
  compliance_days = var.protected ? 7 : null
  key_arn         = module.kms.arns["backup"]
  copies          = local.copies
  resources = merge(
    var.database == null ? {} : { database = module.rds[0].arn },
    var.documents == null ? {} : { documents = module.documents[0].arn },
  )
  database_arn = try(module.rds[0].arn, null)
  restores     = var.database != null
  drill        = var.database == null ? null : { subnet_group = module.rds[0].subnet_group, security_group_id = module.rds[0].security_group_id }
  topic_arn    = module.alarms.topic_arns["critical"]
}
