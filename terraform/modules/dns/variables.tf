variable "domain" {
  description = "The zone's name: the environment's own public host name, delegated to it by whoever holds the name above."
  type        = string
}

variable "name" {
  description = "Begins the names of keys and roles."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "logs_key_arn" {
  description = "The KMS key of the log of queries, in us-east-1, where Route 53 writes it."
  type        = string
}

variable "log_retention_days" {
  description = "Days that queries are kept."
  type        = number
}

variable "cluster" {
  description = "The cluster whose service accounts write records."
  type        = string
}

variable "service_accounts" {
  description = "Who writes records, as NAMESPACE/NAME: cert-manager to prove that the name is ours, external-dns to point it at the gateway."
  type        = set(string)
  default     = ["cert-manager/cert-manager", "external-dns/external-dns"]
}
