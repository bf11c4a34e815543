# Written by `plumb render`.
terraform {
  backend "s3" {
    bucket              = "connect2-staging-terraform-state-444455556666"
    key                 = "staging/monitors/terraform.tfstate"
    region              = "us-west-2"
    encrypt             = true
    use_lockfile        = true
    allowed_account_ids = ["444455556666"]
  }
}
