variable "name" {
  description = "Begins the names of budget and monitor."
  type        = string
}

variable "monthly_usd" {
  description = "Dollars a month."
  type        = number

  validation {
    condition     = var.monthly_usd > 0
    error_message = "monthly_usd is over 0."
  }
}

variable "tell" {
  description = "E-mail addresses that are told."
  type        = list(string)

  validation {
    condition     = length(var.tell) > 0
    error_message = "tell names somebody: a budget that nobody hears of saves nothing."
  }
}

variable "anomaly_usd" {
  description = "Dollars above what was expected from which a day's cost is an anomaly."
  type        = number
  default     = 50
}
