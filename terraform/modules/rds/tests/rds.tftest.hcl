mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  identifier                = "shop-prod"
  database_name             = "shop_prod"
  username                  = "shop_admin"
  engine_version            = "15"
  instance_class            = "db.r7g.large"
  storage_gib               = 100
  max_storage_gib           = 500
  multi_az                  = true
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-a", "subnet-b", "subnet-c"]
  client_security_group_ids = { nodes = "sg-0aaaaaaaaaaaaaaaa" }
  backup_retention_days     = 30
  backup_window             = "10:00-11:00"
  maintenance_window        = "sun:11:30-sun:12:30"
  max_connections           = 1000
  key_arn                   = "arn:aws:kms:us-west-2:123456789012:key/database"
  logs_key_arn              = "arn:aws:kms:us-west-2:123456789012:key/logs"
  log_retention_days        = 30
  copies                    = { region = "us-east-2", key_arn = "arn:aws:kms:us-east-2:123456789012:key/copies" }
}

run "instance" {
  command = plan

  assert {
    condition     = aws_db_instance.main.multi_az
    error_message = "A standby waits in another zone where it was asked for."
  }

  assert {
    condition     = aws_db_instance.main.storage_encrypted && aws_db_instance.main.kms_key_id == var.key_arn
    error_message = "The disk is encrypted with our own key."
  }

  assert {
    condition     = !aws_db_instance.main.publicly_accessible
    error_message = "The database has no public address."
  }

  assert {
    condition     = aws_db_instance.main.deletion_protection
    error_message = "The database refuses to be deleted."
  }

  assert {
    condition     = !aws_db_instance.main.skip_final_snapshot && aws_db_instance.main.final_snapshot_identifier == "shop-prod-final"
    error_message = "A last snapshot is taken before the database goes."
  }

  assert {
    condition     = !aws_db_instance.main.delete_automated_backups
    error_message = "Backups outlive the database."
  }

  assert {
    condition     = aws_db_instance.main.manage_master_user_password
    error_message = "RDS keeps and rotates the master password; nobody types it."
  }

  assert {
    condition     = aws_db_instance.main.engine_version == "15" && aws_db_instance.main.auto_minor_version_upgrade && !aws_db_instance.main.allow_major_version_upgrade
    error_message = "The major version is ours, the minor RDS's."
  }

  assert {
    condition     = aws_db_instance.main.storage_type == "gp3" && aws_db_instance.main.max_allocated_storage == 500
    error_message = "The disk is gp3 and grows by itself."
  }

  assert {
    condition     = aws_db_instance.main.backup_retention_period == 30 && aws_db_instance.main.copy_tags_to_snapshot
    error_message = "Backups reach as far back as was said, and say whose they are."
  }

  assert {
    condition     = aws_db_instance.main.monitoring_interval == 60 && aws_db_instance.main.performance_insights_enabled
    error_message = "What the database does can be seen."
  }

  assert {
    condition     = aws_db_instance_automated_backups_replication.copies[0].region == "us-east-2" && aws_db_instance_automated_backups_replication.copies[0].retention_period == 30
    error_message = "Another region has the same days of backups."
  }
}

run "who_may_connect" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.clients : rule.referenced_security_group_id == "sg-0aaaaaaaaaaaaaaaa" && rule.from_port == 5432 && rule.to_port == 5432])
    error_message = "Only the named security groups connect, and to PostgreSQL's port alone."
  }

  assert {
    condition     = length([for parameter in aws_db_parameter_group.main.parameter : parameter if parameter.name == "rds.force_ssl" && parameter.value == "1"]) == 1
    error_message = "Connections without TLS are refused."
  }
}

run "parameters" {
  command = plan

  assert {
    condition     = length([for parameter in aws_db_parameter_group.main.parameter : parameter if parameter.name == "max_connections" && parameter.value == "1000" && parameter.apply_method == "pending-reboot"]) == 1
    error_message = "The limit of connections is the one that was counted against."
  }

  assert {
    condition     = length(setsubtract(["log_min_duration_statement", "idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"], [for parameter in aws_db_parameter_group.main.parameter : parameter.name])) == 0
    error_message = "Statements, locks and idle transactions have time limits, and slow statements are written down."
  }

  assert {
    condition     = aws_db_parameter_group.main.family == "postgres15"
    error_message = "Parameters are of the same major version."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.database : group.retention_in_days == 30 && group.kms_key_id == var.logs_key_arn]) && length(aws_cloudwatch_log_group.database) == 2
    error_message = "The database's logs are encrypted and end."
  }
}

run "a_pinned_minor_is_refused" {
  command = plan

  variables {
    engine_version = "15.4"
  }

  expect_failures = [var.engine_version]
}

run "an_old_generation_is_refused" {
  command = plan

  variables {
    instance_class = "db.r5.large"
  }

  expect_failures = [var.instance_class]
}

run "a_retention_that_rds_does_not_know_is_refused" {
  command = plan

  variables {
    backup_retention_days = 36
  }

  expect_failures = [var.backup_retention_days]
}

run "maintenance_during_the_backup_is_refused" {
  command = plan

  variables {
    maintenance_window = "sun:10:30-sun:11:30"
  }

  expect_failures = [aws_db_instance.main]
}

run "maintenance_right_after_the_backup_is_refused" {
  command = plan

  variables {
    backup_window      = "03:00-04:00"
    maintenance_window = "mon:04:00-mon:05:00"
  }

  expect_failures = [aws_db_instance.main]
}

run "reserved_users_are_refused" {
  command = plan

  variables {
    username = "admin"
  }

  expect_failures = [var.username]
}

run "a_disk_that_cannot_grow_is_refused" {
  command = plan

  variables {
    max_storage_gib = 100
  }

  expect_failures = [var.max_storage_gib]
}
