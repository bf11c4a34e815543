# Written by `plumb render`.
terraform {
  backend "s3" {
    bucket              = "connect2-prod-terraform-state-777788889999"
    key                 = "production/monitors/terraform.tfstate"
    region              = "us-west-2"
    encrypt             = true
    use_lockfile        = true
    allowed_account_ids = ["777788889999"]
  }
}
