output "vpc_id" {
  description = "The network."
  value       = aws_vpc.main.id
}

output "private_subnet_ids" {
  description = "For nodes and pods."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "database_subnet_ids" {
  description = "For databases."
  value       = [for zone in local.zones : aws_subnet.database[zone].id]
}

output "cache_subnet_ids" {
  description = "For caches."
  value       = [for zone in local.zones : aws_subnet.cache[zone].id]
}

output "intra_subnet_ids" {
  description = "For the control plane's interfaces."
  value       = [for zone in local.zones : aws_subnet.intra[zone].id]
}

output "nat_addresses" {
  description = "The addresses from which everything inside is seen outside."
  value       = [for address in aws_eip.nat : address.public_ip]
}
