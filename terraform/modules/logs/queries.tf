# Logs Insights queries for the first minutes of an incident. The fields are those of the services' JSON lines.
resource "aws_cloudwatch_query_definition" "main" {
  for_each = fileset("${path.module}/queries", "*.txt")

  name            = "${var.name}/${trimsuffix(each.key, ".txt")}"
  log_group_names = [aws_cloudwatch_log_group.cluster["application"].name]
  query_string    = file("${path.module}/queries/${each.key}")
}

# Who did what in the cluster, from the control plane's audit log.
resource "aws_cloudwatch_query_definition" "audit" {
  for_each = { for pair in setproduct(fileset("${path.module}/queries/audit", "*.txt"), keys(var.archived_groups)) : join("/", pair) => pair }

  name            = "${var.name}/${trimsuffix(each.value[0], ".txt")}"
  log_group_names = [var.archived_groups[each.value[1]]]
  query_string    = file("${path.module}/queries/audit/${each.value[0]}")
}
