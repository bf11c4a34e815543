variable "name" {
  description = "The domain's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,27}$", var.name))
    error_message = "name is 3 to 28 small letters, digits and dashes, OpenSearch's limit."
  }
}

variable "account" {
  description = "The account."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "instance_type" {
  description = "A data node's size."
  type        = string
}

variable "storage_gib" {
  description = "A data node's disk."
  type        = number
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Three private subnets."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) == 3
    error_message = "subnet_ids are three, one data node in each."
  }
}

variable "client_security_group_ids" {
  description = "The security groups that may connect, by name."
  type        = map(string)
}

variable "admin_role_arn" {
  description = "The IAM role that administers the domain."
  type        = string
}

variable "key_arn" {
  description = "The KMS key of indices."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the domain's own logs are kept."
  type        = number
}

variable "logs_key_arn" {
  description = "The KMS key of log groups."
  type        = string
}
