mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

mock_provider "random" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                      = "shop-prod"
  engine                    = "valkey"
  engine_version            = "8.2"
  node_type                 = "cache.r7g.large"
  nodes                     = 2
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-a", "subnet-b", "subnet-c"]
  client_security_group_ids = { nodes = "sg-0aaaaaaaaaaaaaaaa" }
  snapshot_retention_days   = 7
  snapshot_window           = "08:30-09:30"
  maintenance_window        = "sun:12:30-sun:13:30"
  key_arn                   = "arn:aws:kms:us-west-2:123456789012:key/cache"
  logs_key_arn              = "arn:aws:kms:us-west-2:123456789012:key/logs"
  log_retention_days        = 30
  secret_name               = "shop/production/REDIS_URL"
}

run "replication_group" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.main.num_cache_clusters == 2 && aws_elasticache_replication_group.main.automatic_failover_enabled
    error_message = "A replica takes over by itself."
  }

  assert {
    condition     = aws_elasticache_replication_group.main.multi_az_enabled
    error_message = "The replica is in another zone."
  }

  assert {
    condition     = tobool(aws_elasticache_replication_group.main.at_rest_encryption_enabled) && aws_elasticache_replication_group.main.kms_key_id == var.key_arn
    error_message = "What is kept is encrypted with our own key."
  }

  assert {
    condition     = aws_elasticache_replication_group.main.transit_encryption_enabled && aws_elasticache_replication_group.main.transit_encryption_mode == "required"
    error_message = "Connections without TLS are refused."
  }

  assert {
    condition     = contains(aws_elasticache_replication_group.main.user_group_ids, "shop-prod")
    error_message = "Clients say who they are."
  }

  assert {
    condition     = aws_elasticache_replication_group.main.snapshot_retention_limit == 7 && aws_elasticache_replication_group.main.final_snapshot_identifier == "shop-prod-final"
    error_message = "Snapshots are kept as long as was said, and a last one is taken."
  }

  assert {
    condition     = length(aws_elasticache_replication_group.main.log_delivery_configuration) == 2 && alltrue([for group in aws_cloudwatch_log_group.cache : group.retention_in_days == 30 && group.kms_key_id == var.logs_key_arn])
    error_message = "Slow commands and the engine's own words are logged, encrypted, and end."
  }
}

run "who_may_connect" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.clients : rule.referenced_security_group_id == "sg-0aaaaaaaaaaaaaaaa" && rule.from_port == 6379 && rule.to_port == 6379])
    error_message = "Only the named security groups connect, and to the cache's port alone."
  }

  assert {
    condition     = aws_elasticache_user.default.access_string == "off -@all"
    error_message = "The user that everybody knows can do nothing."
  }

  assert {
    condition     = strcontains(aws_elasticache_user.app.access_string, "-@admin") && strcontains(aws_elasticache_user.app.access_string, "-@dangerous")
    error_message = "The app neither changes settings nor empties the cache."
  }

  assert {
    condition     = startswith(aws_secretsmanager_secret_version.address.secret_string, "rediss://app:") && aws_secretsmanager_secret.address.kms_key_id == var.key_arn
    error_message = "The app gets an address with TLS and a password, from an encrypted secret."
  }
}

run "a_single_node_fails_over_to_nothing" {
  command = plan

  variables {
    nodes = 1
  }

  assert {
    condition     = !aws_elasticache_replication_group.main.automatic_failover_enabled && !aws_elasticache_replication_group.main.multi_az_enabled
    error_message = "One node promises no failover, which AWS would refuse."
  }
}

run "no_node_is_refused" {
  command = plan

  variables {
    nodes = 0
  }

  expect_failures = [var.nodes]
}

run "an_old_engine_is_refused" {
  command = plan

  variables {
    engine_version = "7.0"
  }

  expect_failures = [var.engine_version]
}

run "an_old_generation_is_refused" {
  command = plan

  variables {
    node_type = "cache.r5.large"
  }

  expect_failures = [var.node_type]
}

run "no_snapshots_is_refused" {
  command = plan

  variables {
    snapshot_retention_days = 0
  }

  expect_failures = [var.snapshot_retention_days]
}
