mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

mock_provider "random" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  app           = "shop"
  environment   = "production"
  account       = "123456789012"
  region        = "us-west-2"
  copies_region = "us-east-2"
  protected     = true
  domain        = "shop.example"
  repository    = "shop-owner/shop"
  state_bucket  = "shop-prod-terraform-state-123456789012"
  network       = { cidr = "10.0.0.0/16", zones = 3, nat = "each_zone" }
  cluster = {
    name                = "shop-prod"
    version             = "1.36"
    instance_types      = ["m7g.xlarge"]
    min                 = 3
    max                 = 10
    node                = { cpu_millicores = 3400, memory_mib = 13000, pods = 50 }
    public_access_cidrs = []
  }
  workload = {
    slots = 2
    surge = 1
    services = {
      web = { max_replicas = 9, cpu_millicores = 1000, memory_mib = 4096, pool = 10 }
    }
  }
  database = {
    identifier            = "shop-prod"
    name                  = "shop_prod"
    username              = "shop_admin"
    engine_version        = "15"
    instance_class        = "db.r7g.large"
    storage_gib           = 100
    max_storage_gib       = 500
    multi_az              = true
    backup_retention_days = 30
    backup_window         = "10:00-11:00"
    maintenance_window    = "sun:12:00-sun:13:00"
    max_connections       = 215
    reserve               = 15
  }
  cache = {
    name                    = "shop-prod"
    engine                  = "valkey"
    engine_version          = "8.2"
    node_type               = "cache.r7g.large"
    nodes                   = 2
    snapshot_retention_days = 7
    snapshot_window         = "08:30-09:30"
    maintenance_window      = "sun:13:30-sun:14:30"
  }
  documents = { bucket = "shop-prod-documents-123456789012", lock_days = 30, service_accounts = ["shop-web"] }
  secrets   = { prefix = "shop/production", names = ["jwt"] }
  registry  = { repositories = ["shop-web"] }
  logs      = { retention_days = 30, archive_days = 365 }
  budget    = { monthly_usd = 5000, tell = ["ops@shop.example"] }
}

run "fits" {
  command = plan

  # (9 + 1) x 2 slots = 20 pods, of which a node holds 3; 20 x 10 connections and 15 in reserve.
  assert {
    condition     = output.capacity.nodes == 7
    error_message = "Pods are counted in both slots, with the one more of a rollout, whole pods on whole nodes."
  }

  assert {
    condition     = output.capacity.connections == 215
    error_message = "Connections are counted in both slots, with the one more of a rollout and the reserve."
  }

  assert {
    condition     = length(module.search) == 0
    error_message = "OpenSearch is off unless asked for."
  }

  assert {
    condition     = output.documents.copy != null && module.backup.copies_vault_arn != null
    error_message = "Documents and backups have copies in another region."
  }
}

run "one_replica_more_needs_more_connections" {
  command = plan

  variables {
    workload = { slots = 2, surge = 1, services = { web = { max_replicas = 10, cpu_millicores = 1000, memory_mib = 4096, pool = 10 } } }
  }

  expect_failures = [output.capacity]
}

run "replicas_beyond_the_nodes_are_refused" {
  command = plan

  variables {
    workload = { slots = 2, surge = 1, services = { web = { max_replicas = 15, cpu_millicores = 1000, memory_mib = 4096, pool = 1 } } }
  }

  expect_failures = [output.capacity]
}

run "a_pod_that_no_node_holds_is_refused" {
  command = plan

  variables {
    workload = { slots = 2, surge = 1, services = { web = { max_replicas = 1, cpu_millicores = 1000, memory_mib = 16384, pool = 1 } } }
  }

  expect_failures = [output.capacity]
}

run "a_protected_database_in_one_zone_is_refused" {
  command = plan

  variables {
    database = {
      identifier = "shop-prod", name = "shop_prod", username = "shop_admin", engine_version = "15", instance_class = "db.r7g.large", storage_gib = 100, max_storage_gib = 500
      multi_az   = false, backup_retention_days = 30, backup_window = "10:00-11:00", maintenance_window = "sun:12:00-sun:13:00", max_connections = 215, reserve = 15
    }
  }

  expect_failures = [output.protection]
}

run "a_protected_environment_without_copies_is_refused" {
  command = plan

  variables {
    copies_region = null
  }

  expect_failures = [output.protection]
}

run "a_copy_next_to_the_original_is_refused" {
  command = plan

  variables {
    copies_region = "us-west-2"
  }

  expect_failures = [var.copies_region]
}

run "an_account_that_is_none_is_refused" {
  command = plan

  variables {
    account = "000000000000"
  }

  expect_failures = [var.account]
}

run "without_stores" {
  command = plan

  variables {
    database  = null
    cache     = null
    documents = null
  }

  assert {
    condition     = output.database == null && output.documents == null && length(module.redis) == 0
    error_message = "An app without stores gets none."
  }
}

run "with_search" {
  command = plan

  variables {
    search = { enabled = true }
  }

  assert {
    condition     = length(module.search) == 1
    error_message = "OpenSearch is there where asked for."
  }
}
