variable "name" {
  description = "Begins the keys' aliases."
  type        = string
}

variable "account" {
  description = "The account whose administrators may manage the keys, and whose roles may be granted their use."
  type        = string
}

variable "region" {
  description = "The region of the log groups."
  type        = string
}

variable "keys" {
  description = "Keys by name: what each is for, the AWS services and service-linked roles that use it by themselves, whether log groups do, and its region where it is another."
  type = map(object({
    description = string
    services    = optional(list(string), [])
    roles       = optional(list(string), [])
    log_groups  = optional(bool, false)
    region      = optional(string)
  }))
}
