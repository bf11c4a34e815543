output "topic_arns" {
  description = "Where what is wrong is said: warning and critical."
  value       = { for severity, topic in aws_sns_topic.main : severity => topic.arn }
}
