# How many nodes each service needs at its maximum, in every slot: whole pods on whole nodes, and no service is counted on to
# fill the gaps of another. The same sum as plumb render's, checked once more against what is really asked for.
locals {
  pods = { for name, service in var.workload.services : name => (service.max_replicas + var.workload.surge) * var.workload.slots }
  pods_per_node = { for name, service in var.workload.services : name => min(
    floor(var.cluster.node.cpu_millicores / service.cpu_millicores),
    floor(var.cluster.node.memory_mib / service.memory_mib),
    var.cluster.node.pods,
  ) }
  # A pod that no node can hold needs more nodes than there can be.
  nodes_needed = [for name, pods in local.pods : local.pods_per_node[name] == 0 ? var.cluster.max + 1 : ceil(pods / local.pods_per_node[name])]

  all_nodes_needed   = sum(concat([0], local.nodes_needed))
  connections_needed = sum(concat([try(var.database.reserve, 0)], [for name, service in var.workload.services : local.pods[name] * service.pool]))
}
