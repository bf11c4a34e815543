# What runs in the cluster beside the app, in a state of its own: the cluster has to be there before Helm can reach it, and a
# broken add-on must not keep the network or the database from being changed. The values are those of the environment.
locals {
  place = jsondecode(file("${path.module}/../plumbline.auto.tfvars.json"))
}

provider "aws" {
  region              = local.place.region
  allowed_account_ids = [local.place.account]

  default_tags {
    tags = {
      Project     = local.place.app
      Environment = local.place.environment
      ManagedBy   = "Terraform"
    }
  }
}

# Which cluster, and as whom, comes from KUBE_CONFIG_PATH, which `aws eks update-kubeconfig` writes: a provider that reads the
# cluster's address from a data source has no cluster to read it from when one is replaced.
provider "helm" {}

module "addons" {
  source = "../../../modules/addons"

  account = local.place.account
  region  = local.place.region
  domain  = local.place.domain
  cluster = {
    name           = local.place.cluster.name
    min            = local.place.cluster.min
    max            = local.place.cluster.max
    instance_types = local.place.cluster.instance_types
  }
}
