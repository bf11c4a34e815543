# Logs Insights queries for the first minutes of an incident. The fields are those of the services' JSON lines.
locals {
  queries = {
    "errors by service and message" = <<-Q
      filter log_processed.level = "error"
      | stats count(*) as errors by log_processed.service, log_processed.message
      | sort errors desc
      | limit 50
    Q
    "errors by release"             = <<-Q
      filter ispresent(log_processed.release)
      | stats sum(log_processed.level = "error") as errors, count(*) as lines by log_processed.release, log_processed.service, bin(5m)
      | sort errors desc
    Q
    "one request"                   = <<-Q
      filter log_processed.requestId = "PUT-THE-REQUEST-ID-HERE"
      | sort @timestamp asc
      | display @timestamp, log_processed.service, log_processed.level, log_processed.message
    Q
    "slow requests"                 = <<-Q
      filter log_processed.durationMs > 1000
      | stats count(*) as slow, pct(log_processed.durationMs, 95) as p95Ms by log_processed.service, log_processed.route, bin(5m)
      | sort slow desc
    Q
    "restarts and kills"            = <<-Q
      filter @message like /OOMKilled|CrashLoopBackOff|Back-off restarting/
      | sort @timestamp desc
      | limit 100
    Q
  }
}

resource "aws_cloudwatch_query_definition" "main" {
  for_each = local.queries

  name            = "${var.name}/${each.key}"
  log_group_names = [aws_cloudwatch_log_group.cluster["application"].name]
  query_string    = each.value
}

# Who did what in the cluster, from the control plane's audit log.
resource "aws_cloudwatch_query_definition" "audit" {
  for_each = { for name, group in var.archived_groups : name => group if endswith(group, "/cluster") }

  name            = "${var.name}/who changed what in the cluster"
  log_group_names = [each.value]
  query_string    = <<-Q
    filter @logStream like /kube-apiserver-audit/ and verb in ["create", "update", "patch", "delete"] and user.username not like /^system:/
    | sort @timestamp desc
    | display @timestamp, user.username, verb, objectRef.namespace, objectRef.resource, objectRef.name
    | limit 200
  Q
}
