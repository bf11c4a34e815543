# A backup that was never restored is a hope. Every week the newest is restored beside the database, where nothing but a check
# can reach it, and is gone again after four hours.
resource "aws_backup_restore_testing_plan" "weekly" {
  count = var.restores ? 1 : 0

  name                = replace("${var.name}_weekly", "-", "_")
  schedule_expression = "cron(0 18 ? * MON *)"
  start_window_hours  = 4

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.main.arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = 7
  }
}

resource "aws_backup_restore_testing_selection" "database" {
  count = var.restores ? 1 : 0

  name                      = "database"
  restore_testing_plan_name = aws_backup_restore_testing_plan.weekly[0].name
  protected_resource_type   = "RDS"
  protected_resource_arns   = [var.database_arn]
  iam_role_arn              = aws_iam_role.backup.arn
  validation_window_hours   = 4

  restore_metadata_overrides = var.drill == null ? {} : {
    dbSubnetGroupName   = var.drill.subnet_group
    vpcSecurityGroupIds = jsonencode([var.drill.security_group_id])
    multiAz             = "false"
  }
}
