# The password is made here and kept in two places: the secret that the app reads, and Terraform's state, whose bucket is
# encrypted and closed to everybody but the roles that apply. To change it: terraform apply -replace on random_password.app.
resource "random_password" "app" {
  length  = 64
  special = false
}

# ElastiCache wants a user named default; this one can do nothing.
resource "aws_elasticache_user" "default" {
  user_id       = "${var.name}-default"
  user_name     = "default"
  engine        = var.engine
  access_string = "off -@all"

  authentication_mode {
    type      = "password"
    passwords = [random_password.default.result]
  }
}

resource "random_password" "default" {
  length  = 64
  special = false
}

# The app reads and writes keys. It changes no settings, and cannot empty the cache.
resource "aws_elasticache_user" "app" {
  user_id       = "${var.name}-app"
  user_name     = "app"
  engine        = var.engine
  access_string = "on ~* &* +@all -@admin -@dangerous +info"

  authentication_mode {
    type      = "password"
    passwords = [random_password.app.result]
  }
}

resource "aws_elasticache_user_group" "main" {
  user_group_id = var.name
  engine        = var.engine
  user_ids      = [aws_elasticache_user.default.user_id, aws_elasticache_user.app.user_id]
}

resource "aws_secretsmanager_secret" "address" {
  name                    = var.secret_name
  description             = "${var.name}: rediss:// with user and password"
  kms_key_id              = var.key_arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "address" {
  secret_id     = aws_secretsmanager_secret.address.id
  secret_string = "rediss://app:${random_password.app.result}@${aws_elasticache_replication_group.main.primary_endpoint_address}:6379"
}
