variable "name" {
  description = "Begins the names of vaults and plans."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "retention_days" {
  description = "Days that a recovery point is kept."
  type        = number

  validation {
    condition     = var.retention_days >= 7
    error_message = "retention_days is at least 7."
  }
}

variable "compliance_days" {
  description = "Days after which the vault's lock can be taken off by nobody; null leaves it to who has the right."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.compliance_days, 3) >= 3
    error_message = "compliance_days is at least 3, AWS's shortest time to think again."
  }
}

variable "key_arn" {
  description = "The KMS key of recovery points."
  type        = string
}

variable "copies" {
  description = "Copies in another region: the region and a key there; null copies nothing."
  type = object({
    region  = string
    key_arn = string
  })
  default = null
}

variable "resources" {
  description = "What is backed up, by name: ARNs of databases and buckets."
  type        = map(string)
}

variable "restores" {
  description = "Whether there is a database, which is restored for practice every week."
  type        = bool
}

variable "database_arn" {
  description = "That database."
  type        = string
  default     = null
}

variable "drill" {
  description = "Where the practice restores to: the subnets and security group of the database itself, so that what is proven is what would be done."
  type = object({
    subnet_group      = string
    security_group_id = string
  })
  default = null
}

variable "topic_arn" {
  description = "Where a backup or a restore that failed is said."
  type        = string
}
