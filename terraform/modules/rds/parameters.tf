locals {
  # Milliseconds, where PostgreSQL counts in them.
  parameters = {
    "rds.force_ssl"                       = { value = "1" }
    "log_min_duration_statement"          = { value = "1000" }
    "log_connections"                     = { value = "1" }
    "log_lock_waits"                      = { value = "1" }
    "log_statement"                       = { value = "ddl" }
    "idle_in_transaction_session_timeout" = { value = "60000" }
    "statement_timeout"                   = { value = "30000" }
    "lock_timeout"                        = { value = "10000" }
    "max_connections"                     = { value = tostring(var.max_connections), apply = "pending-reboot" }
    "shared_preload_libraries"            = { value = "pg_stat_statements", apply = "pending-reboot" }
  }
}

resource "aws_db_parameter_group" "main" {
  name_prefix = "${var.identifier}-"
  description = "${var.identifier}: TLS, time limits, slow statements"
  family      = "postgres${var.engine_version}"

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = try(parameter.value.apply, "immediate")
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
