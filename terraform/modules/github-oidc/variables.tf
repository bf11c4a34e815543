variable "name" {
  description = "Begins the roles' names."
  type        = string
}

variable "repository" {
  description = "The GitHub repository, owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository is owner/name, without a wildcard: any other repository could come in by it."
  }
}

variable "environment" {
  description = "The GitHub environment whose jobs deliver and apply; its reviewers are the ones who let them."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.environment))
    error_message = "environment is a name, without a wildcard."
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

variable "cluster_arn" {
  description = "The cluster that jobs deliver to."
  type        = string
}

variable "repository_arns" {
  description = "The registry's repositories that jobs push to."
  type        = list(string)
  default     = []
}

variable "state_bucket" {
  description = "The bucket of Terraform's state."
  type        = string
}
