variable "name" {
  description = "The bucket's name, the only one of its name in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is 3 to 63 small letters, digits and dashes."
  }
}

variable "region" {
  description = "The bucket's region, where it is not the provider's."
  type        = string
  default     = null
}

variable "key_arn" {
  description = "The KMS key; null where AWS itself writes what it cannot encrypt with ours (access logs)."
  type        = string
  default     = null
}

variable "lock" {
  description = "Object Lock: days in which no version can be deleted; COMPLIANCE binds everybody, GOVERNANCE all but who has a right to bypass it. null locks nothing."
  type = object({
    mode = string
    days = number
  })
  default = null

  validation {
    condition     = var.lock == null || (contains(["GOVERNANCE", "COMPLIANCE"], try(var.lock.mode, "")) && try(var.lock.days, 0) >= 1)
    error_message = "lock has mode GOVERNANCE or COMPLIANCE and at least one day."
  }
}

variable "noncurrent_days" {
  description = "Days that what was overwritten or deleted can still be had."
  type        = number
}

variable "expire_days" {
  description = "Days after which objects go by themselves; null keeps them."
  type        = number
  default     = null
}

variable "access_log_bucket" {
  description = "Where S3 writes who read what; null where CloudTrail or nothing does."
  type        = string
  default     = null
}

variable "writers" {
  description = "AWS services that write here for this account, by service name."
  type        = list(string)
  default     = []
}

variable "account" {
  description = "The account, for which alone services write."
  type        = string
}
