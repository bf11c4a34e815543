variable "repositories" {
  description = "Repositories by name, one for each service."
  type        = set(string)
}

variable "key_arn" {
  description = "The KMS key of images."
  type        = string
}

variable "keep" {
  description = "How many images a repository keeps: what can be gone back to."
  type        = number
  default     = 100

  validation {
    condition     = var.keep >= 20
    error_message = "keep is at least 20, or going back finds no image."
  }
}
