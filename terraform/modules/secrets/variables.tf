variable "prefix" {
  description = "Begins every secret's name, such as shop/production."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+/[a-z0-9-]+$", var.prefix))
    error_message = "prefix is APP/ENVIRONMENT."
  }
}

variable "names" {
  description = "Secrets that are made empty; people or rotation fill them, never Terraform."
  type        = set(string)
}

variable "key_arn" {
  description = "The KMS key of secrets."
  type        = string
}

variable "readable" {
  description = "Secrets made elsewhere that External Secrets reads as well, each with its key."
  type = map(object({
    secret_arn = string
    key_arn    = string
  }))
  default = {}
}

variable "cluster" {
  description = "The cluster where External Secrets runs."
  type        = string
}

variable "role_name" {
  description = "The name of External Secrets' role."
  type        = string
}

variable "service_account" {
  description = "External Secrets' service account."
  type = object({
    namespace = string
    name      = string
  })
  default = { namespace = "external-secrets", name = "external-secrets" }
}
