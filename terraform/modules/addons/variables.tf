variable "cluster" {
  description = "The cluster: its name, and the least and the most nodes."
  type = object({
    name           = string
    min            = number
    max            = number
    instance_types = list(string)
  })

  validation {
    condition     = var.cluster.max >= var.cluster.min
    error_message = "cluster.max is at least cluster.min."
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

variable "domain" {
  description = "The zone in which external-dns writes; null where the app has no domain."
  type        = string
  default     = null
}

variable "node_architecture" {
  description = "arm64 or amd64; null reads it from the first instance type."
  type        = string
  default     = null
}
