variable "app" {
  description = "The app; a tag of everything here."
  type        = string
}

variable "environment" {
  description = "The environment; a tag of everything here."
  type        = string
}

variable "tell" {
  description = "E-mail addresses that hear of warnings and of what is critical."
  type        = set(string)
}

variable "parts" {
  description = "By key, what monitors are made of: a query with its comparison, and the number that it compares with."
  type = map(object({
    name      = string
    query     = string
    threshold = number
  }))
}

variable "monitors" {
  description = "By key, what tells people: when all of its parts hold. severity info tells nobody."
  type = map(object({
    name             = string
    all_of           = list(string)
    message          = string
    severity         = string
    owner            = string
    runbook          = string
    tells_of_no_data = bool
  }))
}

variable "objective" {
  description = "How many of all requests may not fail in so many days, and the paces of spending what may."
  type = object({
    name    = string
    good    = string
    all     = string
    percent = number
    days    = number
    burns = map(object({
      name         = string
      times        = number
      long_window  = string
      short_window = string
      message      = string
      severity     = string
      owner        = string
      runbook      = string
    }))
  })
}

variable "dashboard" {
  description = "The dashboard, as Datadog's API takes it."
  type        = any
}

variable "percentiles" {
  description = "Distributions that percentiles are kept of, by the tags that are asked by; a setting of the whole organisation."
  type        = map(set(string))
  default     = {}
}
