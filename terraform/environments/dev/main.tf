provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = {
      Project     = var.app
      Environment = var.environment
      ManagedBy   = "Terraform"
    }
  }
}

module "environment" {
  source = "../../modules/environment"

  app           = var.app
  environment   = var.environment
  account       = var.account
  region        = var.region
  copies_region = var.copies_region
  protected     = var.protected
  domain        = var.domain
  repository    = var.repository
  state_bucket  = var.state_bucket
  network       = var.network
  cluster       = var.cluster
  workload      = var.workload
  database      = var.database
  cache         = var.cache
  documents     = var.documents
  secrets       = var.secrets
  registry      = var.registry
  logs          = var.logs
  search        = var.search
  alarms        = var.alarms
  budget        = var.budget
}
