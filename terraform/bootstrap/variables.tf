variable "app" {
  description = "The app's name."
  type        = string
}

variable "environment" {
  description = "The environment's name."
  type        = string
}

variable "account" {
  description = "The account that is set up."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account)) && var.account != "000000000000"
    error_message = "account is 12 digits, in quotes, and not twelve zeros."
  }
}

variable "region" {
  description = "Where the state lies."
  type        = string
}

variable "state_bucket" {
  description = "The bucket of Terraform's state, one for each account."
  type        = string
}
