output "name" {
  description = "The bucket's name, known once it is there and versioned."
  value       = aws_s3_bucket_versioning.main.bucket
}

output "arn" {
  description = "The bucket's ARN."
  value       = aws_s3_bucket.main.arn
}
