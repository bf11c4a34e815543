output "capacity" {
  description = "What the services need at their most."
  value       = { nodes = local.all_nodes_needed, connections = local.connections_needed }

  precondition {
    condition     = local.all_nodes_needed <= var.cluster.max
    error_message = "At the autoscaler's maximum the services need ${local.all_nodes_needed} nodes and cluster.max is ${var.cluster.max}: raise cluster.nodes.max, take larger nodes, or lower max_replicas."
  }

  precondition {
    condition     = var.database == null || local.connections_needed <= try(var.database.max_connections, 0)
    error_message = "(maximum replicas + surge) x slots x pool + reserve is ${local.connections_needed} and max_connections is ${try(var.database.max_connections, 0)}: lower the pool or take a larger database."
  }
}

output "protection" {
  description = "Whether losing a zone or a person's mistake costs no data here."
  value       = var.protected

  precondition {
    condition     = !var.protected || (try(var.database.multi_az, true) && try(var.cache.nodes, 2) >= 2 && var.network.nat == "each_zone")
    error_message = "A protected environment has its database in two zones, at least two cache nodes, and a way out of each zone."
  }

  precondition {
    condition     = !var.protected || var.copies_region != null
    error_message = "A protected environment has copies in another region: set disaster_recovery: enabled, and copies_region where the region has no known neighbour."
  }
}

output "cluster" {
  description = "The cluster: name, address, certificate and the nodes' role."
  value = {
    name                  = module.eks.name
    endpoint              = module.eks.endpoint
    certificate_authority = module.eks.certificate_authority
    node_role_name        = module.eks.node_role_name
  }
}

output "role_arns" {
  description = "What workflows name as role-to-assume: deploy, apply, plan."
  value       = module.github.role_arns
}

output "images" {
  description = "Where each image is pushed and pulled."
  value       = module.registry.urls
}

output "database" {
  description = "The database: where it is, and what a restore needs to come up beside it."
  value = var.database == null ? null : {
    identifier        = module.rds[0].identifier
    address           = module.rds[0].address
    subnet_group      = module.rds[0].subnet_group
    security_group_id = module.rds[0].security_group_id
    parameter_group   = module.rds[0].parameter_group
    master_secret_arn = module.rds[0].master_secret_arn
  }
}

output "documents" {
  description = "The bucket of documents and its copy."
  value       = var.documents == null ? null : { bucket = module.documents[0].bucket, copy = module.documents[0].copy }
}

output "dns" {
  description = "What whoever holds the name above is asked to enter: name servers, then the DS record."
  value       = var.domain == null ? null : { name_servers = module.dns[0].name_servers, ds_record = module.dns[0].ds_record }
}

output "log_group" {
  description = "Where every container's output can be searched."
  value       = module.logs.application_group
}

output "topic_arns" {
  description = "Where what is wrong is said: warning and critical."
  value       = module.alarms.topic_arns
}

output "vault" {
  description = "The vault of recovery points."
  value       = module.backup.vault
}
