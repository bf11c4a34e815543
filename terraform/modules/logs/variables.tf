variable "name" {
  description = "Begins the names of buckets, streams and queries."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "cluster" {
  description = "The cluster whose output is shipped."
  type        = string
}

variable "retention_days" {
  description = "Days that logs can be searched."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365], var.retention_days)
    error_message = "retention_days is one that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365."
  }
}

variable "archive" {
  description = "The archive's Object Lock: mode and days. COMPLIANCE makes it an audit trail."
  type = object({
    mode = string
    days = number
  })
}

variable "archived_groups" {
  description = "Log groups that are archived beside the applications' own: the control plane's, with its audit log."
  type        = map(string)
  default     = {}
}

variable "key_arn" {
  description = "The KMS key of logs and their archive."
  type        = string
}
