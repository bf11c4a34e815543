variable "app" {
  description = "The app's name; it begins the name of most things."
  type        = string
}

variable "environment" {
  description = "The environment's name, which is its Kubernetes namespace as well."
  type        = string
}

variable "account" {
  description = "The AWS account that this environment has to itself."
  type        = string
}

variable "region" {
  description = "Where the environment runs."
  type        = string
}

variable "copies_region" {
  description = "Where backups and documents are copied to; null copies nothing (disaster_recovery is not enabled)."
  type        = string
  default     = null
}

variable "protected" {
  description = "Whether the data here cannot be had again: deletion protection and locks that nobody can shorten."
  type        = bool
}

variable "domain" {
  description = "The public host name; null where the app has none."
  type        = string
  default     = null
}

variable "repository" {
  description = "The GitHub repository, owner/name, whose workflows may come in by OIDC."
  type        = string
}

variable "state_bucket" {
  description = "The bucket of Terraform's state, for the roles that plan and apply."
  type        = string
}

variable "network" {
  description = "The VPC: its range (no two environments share one), how many zones, and one NAT gateway or each_zone."
  type = object({
    cidr  = string
    zones = number
    nat   = string
  })
}

variable "cluster" {
  description = "The EKS cluster; node says what one node has for pods, after the system's own share."
  type = object({
    name                = string
    version             = string
    instance_types      = list(string)
    min                 = number
    max                 = number
    node                = object({ cpu_millicores = number, memory_mib = number, pods = number })
    public_access_cidrs = list(string)
  })
}

variable "workload" {
  description = "What is to fit: each service with its most replicas, requests and database pool; slots is 2 where a candidate stands beside stable."
  type = object({
    slots = number
    surge = number
    services = map(object({
      max_replicas   = number
      cpu_millicores = number
      memory_mib     = number
      pool           = number
    }))
  })
}

variable "database" {
  description = "PostgreSQL on RDS; null where the app has none. reserve is kept free for migrations and people."
  type = object({
    identifier            = string
    name                  = string
    username              = string
    engine_version        = string
    instance_class        = string
    storage_gib           = number
    max_storage_gib       = number
    multi_az              = bool
    backup_retention_days = number
    backup_window         = string
    maintenance_window    = string
    max_connections       = number
    reserve               = number
  })
  default = null
}

variable "cache" {
  description = "Valkey or Redis on ElastiCache; null where the app has none."
  type = object({
    name                    = string
    engine                  = string
    engine_version          = string
    node_type               = string
    nodes                   = number
    snapshot_retention_days = number
    snapshot_window         = string
    maintenance_window      = string
  })
  default = null
}

variable "documents" {
  description = "The bucket of uploaded documents and the service accounts that use it; null where the app has none."
  type = object({
    bucket           = string
    lock_days        = number
    service_accounts = list(string)
  })
  default = null
}

variable "secrets" {
  description = "Secrets that people fill in, under prefix/NAME."
  type = object({
    prefix = string
    names  = list(string)
  })
}

variable "registry" {
  description = "Repositories of images in ECR; none where the registry is another."
  type = object({
    repositories = list(string)
  })
}

variable "logs" {
  description = "Days that logs stay searchable, and days that their archive is locked."
  type = object({
    retention_days = number
    archive_days   = number
  })
}

variable "search" {
  description = "OpenSearch for dashboards over logs; off by default, since Logs Insights is the system of record."
  type = object({
    enabled       = bool
    instance_type = optional(string, "r7g.large.search")
    storage_gib   = optional(number, 100)
  })
  default = { enabled = false }
}

variable "alarms" {
  description = "CloudWatch alarms by name, rendered from the thresholds."
  type = map(object({
    description    = string
    namespace      = string
    metric         = string
    dimensions     = map(string)
    statistic      = string
    comparison     = string
    threshold      = number
    period_seconds = number
    periods        = number
    missing_data   = optional(string, "missing")
    severity       = string
    runbook        = string
  }))
  default = {}
}

variable "budget" {
  description = "Dollars a month, and who is told before they are spent."
  type = object({
    monthly_usd = number
    tell        = list(string)
  })
}
