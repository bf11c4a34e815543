variable "name" {
  description = "Begins the names of topics and alarms."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "key_arn" {
  description = "The KMS key of topics."
  type        = string
}

variable "tell" {
  description = "E-mail addresses that hear of every alarm."
  type        = set(string)
}

variable "alarms" {
  description = "Alarms by name; severity is warning or critical, runbook the slug of what to do."
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

  validation {
    condition     = alltrue([for alarm in var.alarms : contains(["warning", "critical"], alarm.severity)])
    error_message = "severity is warning or critical."
  }

  validation {
    condition     = alltrue([for alarm in var.alarms : can(regex("^[a-z0-9-]+$", alarm.runbook))])
    error_message = "Every alarm names its runbook: who is woken is told what to do."
  }

  validation {
    condition     = alltrue([for alarm in var.alarms : contains(["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"], alarm.comparison)])
    error_message = "comparison is one of CloudWatch's four."
  }

  validation {
    condition     = alltrue([for alarm in var.alarms : contains(["missing", "breaching", "notBreaching", "ignore"], alarm.missing_data)])
    error_message = "missing_data is missing, breaching, notBreaching or ignore."
  }
}
