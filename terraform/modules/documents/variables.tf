variable "bucket" {
  description = "The bucket's name."
  type        = string
}

variable "account" {
  description = "The account."
  type        = string
}

variable "key_arn" {
  description = "The KMS key of documents."
  type        = string
}

variable "lock" {
  description = "Object Lock: mode and days in which no version can be deleted."
  type = object({
    mode = string
    days = number
  })
}

variable "access_log_bucket" {
  description = "Where S3 writes who read what."
  type        = string
}

variable "copies" {
  description = "The copy in another region: the region and a key there; null copies nothing."
  type = object({
    region  = string
    key_arn = string
  })
  default = null
}

variable "cluster" {
  description = "The cluster whose service accounts use the bucket."
  type        = string
}

variable "namespace" {
  description = "Their namespace."
  type        = string
}

variable "service_accounts" {
  description = "The service accounts that read and write documents."
  type        = set(string)
}
