data "aws_availability_zones" "available" {
  state = "available"

  # Named, so that a zone which AWS opens later moves no subnet.
  filter {
    name   = "zone-name"
    values = [for letter in ["a", "b", "c", "d", "e", "f"] : "${var.region}${letter}"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, var.zones)

  # Of a /16: a private /20 per zone, for nodes and pods; a /24 each for load balancers, databases and caches; a /28 for the
  # control plane's own interfaces.
  private  = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 4, index) }
  public   = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 8, 200 + index) }
  database = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 8, 210 + index) }
  cache    = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 8, 220 + index) }
  intra    = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 12, 3840 + index) }

  # By which zone's NAT gateway each zone goes out.
  nat_of = { for zone in local.zones : zone => var.nat == "one" ? local.zones[0] : zone }
}

resource "aws_vpc" "main" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }
}

# The default group is what a resource gets that names none: it lets nothing in and nothing out.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = { Name = var.name }
}

resource "aws_subnet" "public" {
  for_each = local.public

  vpc_id                  = aws_vpc.main.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-public-${each.key}", "kubernetes.io/role/elb" = "1" }
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = {
    Name                              = "${var.name}-private-${each.key}"
    "kubernetes.io/role/internal-elb" = "1"
    "karpenter.sh/discovery"          = var.name
  }
}

resource "aws_subnet" "database" {
  for_each = local.database

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-database-${each.key}" }
}

resource "aws_subnet" "cache" {
  for_each = local.cache

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-cache-${each.key}" }
}

resource "aws_subnet" "intra" {
  for_each = local.intra

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-intra-${each.key}" }
}
