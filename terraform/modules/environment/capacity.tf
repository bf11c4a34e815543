# How many nodes each service needs at its maximum, in every slot: whole pods on whole nodes, as the scheduler places them,
# and no service is counted on to fill the gaps of another.
locals {
  pods = { for name, service in var.workload.services : name => (service.max_replicas + var.workload.surge) * var.workload.slots }
  pods_per_node = { for name, service in var.workload.services : name => min(
    floor(var.cluster.node.cpu_millicores / service.cpu_millicores),
    floor(var.cluster.node.memory_mib / service.memory_mib),
    var.cluster.node.pods,
  ) }
  # A pod that no node can hold needs more nodes than there can be.
  nodes_needed = [for name, pods in local.pods : local.pods_per_node[name] == 0 ? var.cluster.max + 1 : ceil(pods / local.pods_per_node[name])]

  connections_needed = sum(concat([try(var.database.reserve, 0)], [for name, service in var.workload.services : local.pods[name] * service.pool]))
}
