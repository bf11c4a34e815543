variable "name" {
  description = "The replication group's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "name is at most 40 small letters, digits and dashes, ElastiCache's limit."
  }
}

variable "engine" {
  description = "valkey, or redis where its licence is no trouble."
  type        = string
  default     = "valkey"

  validation {
    condition     = contains(["valkey", "redis"], var.engine)
    error_message = "engine is valkey or redis."
  }
}

variable "engine_version" {
  description = "The engine's version, major and minor."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+$", var.engine_version)) && try(tonumber(split(".", var.engine_version)[0]), 0) >= (var.engine == "valkey" ? 8 : 7)
    error_message = "engine_version is valkey 8.0 or newer, or redis 7.1."
  }
}

variable "node_type" {
  description = "A node's size."
  type        = string

  validation {
    condition     = startswith(var.node_type, "cache.") && !can(regex("^cache\\.(t[1-3]|[mr][1-5])\\.", var.node_type))
    error_message = "node_type is of a present generation: cache.t4g, cache.r7g and the like."
  }
}

variable "nodes" {
  description = "A primary and its replicas; with 1 there is nothing to fail over to."
  type        = number

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 6
    error_message = "nodes is 1 to 6, ElastiCache's limit."
  }
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Cache subnets, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids are in at least two zones."
  }
}

variable "client_security_group_ids" {
  description = "The security groups that may connect, by name; no range of addresses ever may."
  type        = map(string)
}

variable "snapshot_retention_days" {
  description = "Days that snapshots are kept."
  type        = number

  validation {
    condition     = var.snapshot_retention_days >= 1 && var.snapshot_retention_days <= 35
    error_message = "snapshot_retention_days is 1 to 35."
  }
}

variable "snapshot_window" {
  description = "When the daily snapshot is taken, hh:mm-hh:mm in UTC."
  type        = string
}

variable "maintenance_window" {
  description = "When versions are raised, ddd:hh:mm-ddd:hh:mm in UTC."
  type        = string
}

variable "key_arn" {
  description = "The KMS key of data, snapshots and the secret with the address."
  type        = string
}

variable "logs_key_arn" {
  description = "The KMS key of log groups."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the engine's logs are kept."
  type        = number
}

variable "secret_name" {
  description = "The secret that holds the address with its password, for the app."
  type        = string
}
