mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name            = "shop-prod"
  account         = "123456789012"
  retention_days  = 30
  compliance_days = 7
  key_arn         = "arn:aws:kms:us-west-2:123456789012:key/backup"
  copies          = { region = "us-east-2", key_arn = "arn:aws:kms:us-east-2:123456789012:key/copies" }
  resources       = { database = "arn:aws:rds:us-west-2:123456789012:db:shop-prod", documents = "arn:aws:s3:::shop-prod-documents" }
  restores        = true
  database_arn    = "arn:aws:rds:us-west-2:123456789012:db:shop-prod"
  drill           = { subnet_group = "shop-prod", security_group_id = "sg-0bbbbbbbbbbbbbbbb" }
  topic_arn       = "arn:aws:sns:us-west-2:123456789012:shop-prod-critical"
}

run "vaults" {
  command = plan

  assert {
    condition     = aws_backup_vault.main.kms_key_arn == var.key_arn && aws_backup_vault.copies[0].kms_key_arn == var.copies.key_arn
    error_message = "Recovery points are encrypted with our own keys."
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.main.min_retention_days == 7 && aws_backup_vault_lock_configuration.main.changeable_for_days == 7
    error_message = "A recovery point cannot be deleted before its time, by anybody."
  }

  assert {
    condition     = aws_backup_vault.copies[0].region == "us-east-2" && aws_backup_vault_lock_configuration.copies[0].min_retention_days == 7
    error_message = "Copies lie in another region, under the same lock."
  }

  assert {
    condition     = contains(aws_backup_vault_notifications.main.backup_vault_events, "BACKUP_JOB_FAILED") && contains(aws_backup_vault_notifications.main.backup_vault_events, "COPY_JOB_FAILED")
    error_message = "A backup that failed is said."
  }
}

run "plan_of_backups" {
  command = plan

  assert {
    condition     = length(one(aws_backup_plan.daily.rule).copy_action) == 1
    error_message = "Every recovery point is copied."
  }

  assert {
    condition     = one(one(aws_backup_plan.daily.rule).lifecycle).delete_after == 30
    error_message = "A recovery point is kept as long as was said."
  }

  assert {
    condition     = length(aws_backup_selection.main.resources) == 2
    error_message = "Database and documents are backed up."
  }
}

run "drill" {
  command = plan

  assert {
    condition     = aws_backup_restore_testing_plan.weekly[0].recovery_point_selection[0].algorithm == "LATEST_WITHIN_WINDOW" && contains(aws_backup_restore_testing_selection.database[0].protected_resource_arns, var.database_arn)
    error_message = "The newest backup of the database is restored for practice."
  }

  assert {
    condition     = aws_backup_restore_testing_selection.database[0].restore_metadata_overrides["dbSubnetGroupName"] == "shop-prod" && strcontains(aws_backup_restore_testing_selection.database[0].restore_metadata_overrides["vpcSecurityGroupIds"], "sg-0bbbbbbbbbbbbbbbb")
    error_message = "Practice restores into the database's own subnets and security group, not into the default ones."
  }
}

run "without_copies_or_database" {
  command = plan

  variables {
    copies       = null
    restores     = false
    database_arn = null
    drill        = null
  }

  assert {
    condition     = length(aws_backup_vault.copies) == 0 && length(aws_backup_restore_testing_plan.weekly) == 0
    error_message = "Nothing is copied or restored where nobody asked."
  }
}

run "a_hasty_lock_is_refused" {
  command = plan

  variables {
    compliance_days = 1
  }

  expect_failures = [var.compliance_days]
}
