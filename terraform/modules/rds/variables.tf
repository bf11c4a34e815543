variable "identifier" {
  description = "The instance's name."
  type        = string
}

variable "database_name" {
  description = "The database made on it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_name))
    error_message = "database_name is small letters, digits and underscores."
  }
}

variable "username" {
  description = "The master user, for making roles; the app has one of its own."
  type        = string

  validation {
    condition     = !contains(["admin", "postgres", "rdsadmin"], var.username)
    error_message = "username is none that RDS or PostgreSQL keeps for itself."
  }
}

variable "engine_version" {
  description = "PostgreSQL's major version; the minor is RDS's to raise."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.engine_version)) && try(tonumber(var.engine_version), 0) >= 15
    error_message = "engine_version is a major version such as 15: a pinned minor goes out of support and fights the automatic upgrade."
  }
}

variable "instance_class" {
  description = "The instance's size."
  type        = string

  validation {
    condition     = can(regex("^db\\.[a-z]+[0-9]+[a-z]*\\.", var.instance_class)) && !can(regex("^db\\.(t[1-3]|[mr][1-5])[a-z]*\\.", var.instance_class))
    error_message = "instance_class is of a present generation: db.t4g, db.r7g, db.r8g and the like."
  }
}

variable "storage_gib" {
  description = "Disk to begin with."
  type        = number

  validation {
    condition     = var.storage_gib >= 20
    error_message = "storage_gib is at least 20, gp3's smallest."
  }
}

variable "max_storage_gib" {
  description = "How far the disk may grow by itself."
  type        = number

  validation {
    condition     = var.max_storage_gib >= ceil(var.storage_gib * 1.1)
    error_message = "max_storage_gib is over storage_gib by a tenth or more, else the disk cannot grow."
  }
}

variable "multi_az" {
  description = "Whether a standby waits in another zone."
  type        = bool
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Database subnets, in at least two zones."
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

variable "backup_retention_days" {
  description = "Days that the database can be taken back to any second."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35
    error_message = "backup_retention_days is 7 to 35, RDS's limit."
  }
}

variable "backup_window" {
  description = "When the daily snapshot is taken, hh:mm-hh:mm in UTC."
  type        = string

  validation {
    condition     = can(regex("^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$", var.backup_window))
    error_message = "backup_window is such as 10:00-11:00, in UTC."
  }
}

variable "maintenance_window" {
  description = "When minor versions are raised, ddd:hh:mm-ddd:hh:mm in UTC; not while the snapshot is taken."
  type        = string

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window is such as sun:11:30-sun:12:30, in UTC."
  }
}

variable "max_connections" {
  description = "Connections at most; what the services may open is counted against it."
  type        = number
}

variable "key_arn" {
  description = "The KMS key of disk, snapshots, insights and the master password."
  type        = string
}

variable "logs_key_arn" {
  description = "The KMS key of log groups."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the database's logs are kept."
  type        = number
}

variable "deletion_protection" {
  description = "Whether the instance refuses to be deleted."
  type        = bool
  default     = true
}

variable "copies" {
  description = "Another region's backups of every second: the region and a key there; null copies nothing."
  type = object({
    region  = string
    key_arn = string
  })
  default = null
}
