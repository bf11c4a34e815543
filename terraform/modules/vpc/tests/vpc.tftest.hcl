mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                    = "shop"
  region                  = "us-west-2"
  cidr                    = "10.9.0.0/16"
  nat                     = "each_zone"
  flow_log_retention_days = 14
  logs_key_arn            = "arn:aws:kms:us-west-2:123456789012:key/logs"
}

run "network" {
  command = plan

  assert {
    condition     = length(aws_subnet.private) == 3 && length(aws_subnet.public) == 3 && length(aws_subnet.database) == 3 && length(aws_subnet.cache) == 3 && length(aws_subnet.intra) == 3
    error_message = "Each tier spans three zones."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.private : endswith(subnet.cidr_block, "/20")])
    error_message = "A private subnet has 4,096 addresses, since each pod takes one."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch == false])
    error_message = "Nothing gets a public address by being started."
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 3
    error_message = "With each_zone every zone has its own way out."
  }

  assert {
    condition     = length(aws_route_table_association.closed) == 9 && length(aws_route_table_association.private) == 3
    error_message = "Databases, caches and the control plane have no route out."
  }

  assert {
    condition     = try(length(aws_default_security_group.closed.ingress), 0) == 0 && try(length(aws_default_security_group.closed.egress), 0) == 0
    error_message = "The default security group lets nothing through."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints.cidr_ipv4 == "10.9.0.0/16"
    error_message = "Endpoints answer the network alone."
  }

  assert {
    condition     = aws_flow_log.main.traffic_type == "ALL" && aws_cloudwatch_log_group.flow.kms_key_id == var.logs_key_arn && aws_cloudwatch_log_group.flow.retention_in_days == 14
    error_message = "All traffic is logged, encrypted, for as long as was said."
  }

  assert {
    condition     = contains(keys(aws_vpc_endpoint.interface), "secretsmanager") && contains(keys(aws_vpc_endpoint.interface), "ecr.dkr") && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "Images, documents and secrets do not travel through NAT."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.tags["kubernetes.io/role/elb"] == "1"]) && alltrue([for subnet in aws_subnet.private : subnet.tags["kubernetes.io/role/internal-elb"] == "1"])
    error_message = "Load balancers find their subnets by tag."
  }
}

run "one_way_out" {
  command = plan

  variables {
    nat = "one"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.private) == 3
    error_message = "With one, all zones share a NAT gateway."
  }
}

run "two_zones_are_refused" {
  command = plan

  variables {
    zones = 2
  }

  expect_failures = [var.zones]
}

run "small_networks_are_refused" {
  command = plan

  variables {
    cidr = "10.9.0.0/24"
  }

  expect_failures = [var.cidr]
}
