variable "name" {
  description = "Begins the names of everything in the network."
  type        = string
}

variable "region" {
  description = "The region, for the names of AWS's own endpoints."
  type        = string
}

variable "cidr" {
  description = "The range of addresses; a /16, so that pods, which have an address each, never run out."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "cidr is a /16 such as 10.0.0.0/16."
  }
}

variable "zones" {
  description = "How many availability zones."
  type        = number
  default     = 3

  validation {
    condition     = var.zones >= 3 && var.zones <= 6
    error_message = "zones is 3 to 6: with two, losing one takes half of everything."
  }
}

variable "nat" {
  description = "One NAT gateway for all zones (cheap), or each_zone (losing a zone takes only its own)."
  type        = string

  validation {
    condition     = contains(["one", "each_zone"], var.nat)
    error_message = "nat is one or each_zone."
  }
}

variable "interface_endpoints" {
  description = "AWS services that are reached without leaving the network."
  type        = set(string)
  default     = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "monitoring", "secretsmanager", "sqs", "sts"]
}

variable "flow_log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
}

variable "logs_key_arn" {
  description = "The KMS key of log groups."
  type        = string
}
