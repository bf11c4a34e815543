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

  validation {
    condition     = alltrue([for address in var.tell : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "tell holds e-mail addresses."
  }
}

variable "parts" {
  description = "By key, what monitors are made of: a query with its comparison, and the number that it compares with."
  type = map(object({
    name      = string
    query     = string
    threshold = number
  }))

  validation {
    condition     = alltrue([for part in var.parts : can(regex("[<>]=? -?[0-9.]+$", part.query))])
    error_message = "A query ends in its comparison."
  }
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

  validation {
    condition     = alltrue([for monitor in var.monitors : contains(["info", "warning", "critical"], monitor.severity)])
    error_message = "severity is info, warning or critical."
  }

  validation {
    condition     = alltrue([for monitor in var.monitors : can(regex("^[a-z0-9-]+$", monitor.runbook))])
    error_message = "Every monitor names its runbook: who is woken is told what to do."
  }

  validation {
    condition     = alltrue([for monitor in var.monitors : length(monitor.all_of) > 0 && length(setsubtract(monitor.all_of, keys(var.parts))) == 0])
    error_message = "A monitor is made of parts that there are."
  }
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

  validation {
    condition     = contains([7, 30, 90], var.objective.days)
    error_message = "Datadog counts objectives over 7, 30 or 90 days."
  }

  validation {
    condition     = var.objective.percent > 0 && var.objective.percent < 100
    error_message = "An objective of 100 % leaves nothing to spend."
  }
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
