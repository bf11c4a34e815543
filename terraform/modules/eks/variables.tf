variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "kubernetes_version" {
  description = "Kubernetes, major and minor; one with at least six months of standard support."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]+$", var.kubernetes_version)) && try(tonumber(split(".", var.kubernetes_version)[1]), 0) >= 35
    error_message = "kubernetes_version is 1.35 or newer: 1.34 leaves standard support on 2026-12-02."
  }
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets for nodes."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 3
    error_message = "Nodes spread over at least three zones."
  }
}

variable "control_plane_subnet_ids" {
  description = "Subnets for the control plane's own interfaces."
  type        = list(string)
}

variable "instance_types" {
  description = "Types of nodes, all of one processor."
  type        = list(string)

  validation {
    condition     = length(var.instance_types) > 0 && alltrue([for type in var.instance_types : !can(regex("^(t[1-3]|[mcr][1-5])[a-z]*\\.", type))])
    error_message = "instance_types names at least one, and none of a generation that is past (t3, m5): m7g and the like do more for less."
  }

  validation {
    condition     = !var.deletion_protection || alltrue([for type in var.instance_types : !startswith(type, "t")])
    error_message = "Where it matters no node spends credits (t4g): a busy one would slow down when it is needed most."
  }

  validation {
    condition     = length(distinct([for type in var.instance_types : can(regex("^[a-z]+[0-9]+g", type))])) == 1
    error_message = "instance_types are all Graviton or all Intel/AMD, since one image serves them."
  }
}

variable "min_nodes" {
  description = "Nodes that are always there."
  type        = number

  validation {
    condition     = var.min_nodes >= 2
    error_message = "min_nodes is at least 2, so that one can be lost."
  }
}

variable "max_nodes" {
  description = "Nodes at most."
  type        = number

  validation {
    condition     = var.max_nodes >= var.min_nodes
    error_message = "max_nodes is at least min_nodes."
  }
}

variable "node_disk_gib" {
  description = "A node's disk, for images and what pods write."
  type        = number
  default     = 80
}

variable "public_access_cidrs" {
  description = "Who may reach the API server from outside; nobody when empty, and never everybody."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrhost(cidr, 0)) && tonumber(split("/", cidr)[1]) >= 16])
    error_message = "public_access_cidrs are known ranges of /16 or smaller, never 0.0.0.0/0."
  }
}

variable "cluster_key_arn" {
  description = "The KMS key of secrets in the cluster and of nodes' disks."
  type        = string
}

variable "logs_key_arn" {
  description = "The KMS key of log groups."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the control plane's logs are kept."
  type        = number
}

variable "deletion_protection" {
  description = "Whether the cluster refuses to be deleted."
  type        = bool
  default     = true
}

variable "access" {
  description = "Who may do what in the cluster: IAM roles with Kubernetes groups, or with one of EKS's access policies in namespaces."
  type = map(object({
    principal_arn = string
    groups        = optional(list(string), [])
    policy        = optional(string)
    namespaces    = optional(list(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for entry in var.access : entry.policy == null || length(entry.namespaces) > 0])
    error_message = "An access policy names its namespaces; nobody but break-glass is administrator of the whole cluster, and that is not given here."
  }
}
