output "zone_id" {
  description = "The zone."
  value       = aws_route53_zone.main.zone_id
}

output "name_servers" {
  description = "What the name above delegates to."
  value       = aws_route53_zone.main.name_servers
}

output "ds_record" {
  description = "The DS record that the name above holds, so that answers are known to be ours."
  value       = aws_route53_key_signing_key.main.ds_record
}
