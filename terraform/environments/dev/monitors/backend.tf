# Written by `plumb render`.
terraform {
  backend "s3" {
    bucket              = "connect2-dev-terraform-state-111122223333"
    key                 = "dev/monitors/terraform.tfstate"
    region              = "us-west-2"
    encrypt             = true
    use_lockfile        = true
    allowed_account_ids = ["111122223333"]
  }
}
