mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name            = "shop-prod"
  repository      = "shop-owner/shop"
  environment     = "production"
  account         = "123456789012"
  region          = "us-west-2"
  cluster_arn     = "arn:aws:eks:us-west-2:123456789012:cluster/shop-prod"
  repository_arns = ["arn:aws:ecr:us-west-2:123456789012:repository/shop-backend"]
  state_bucket    = "shop-prod-terraform-state-123456789012"
}

run "who_comes_in" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role.main["deploy"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:shop-owner/shop:environment:production"
    error_message = "Only jobs of this repository, in this environment, deliver."
  }

  assert {
    condition     = jsondecode(aws_iam_role.main["apply"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:shop-owner/shop:environment:production"
    error_message = "Only jobs that the environment's reviewers let in apply."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.main : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"])
    error_message = "Only tokens that were made for AWS are taken."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.main : !can(jsondecode(role.assume_role_policy).Statement[0].Condition.StringLike)])
    error_message = "No role is taken by a pattern."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.main : role.max_session_duration == 3600])
    error_message = "Sessions end after an hour."
  }
}

run "what_they_may" {
  command = plan

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement : !contains(statement.Resource, "*") if statement.Action != ["ecr:GetAuthorizationToken"]])
    error_message = "Delivering reaches one cluster and its own repositories."
  }

  assert {
    condition     = !strcontains(jsonencode([for attachment in aws_iam_role_policy_attachment.plan : attachment.policy_arn]), "PowerUser") && jsondecode(aws_iam_role_policy.state["plan"].policy).Statement[1].Action == ["s3:GetObject"]
    error_message = "A plan changes nothing."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy_attachment.apply.policy_arn, "AdministratorAccess")
    error_message = "Applying is not administering."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.apply.policy).Statement[2].Effect == "Deny" && contains(jsondecode(aws_iam_role_policy.apply.policy).Statement[2].Resource, "arn:aws:iam::123456789012:role/shop-prod-apply")
    error_message = "Applying cannot give itself more."
  }
}

run "any_repository_is_refused" {
  command = plan

  variables {
    repository = "shop-owner/*"
  }

  expect_failures = [var.repository]
}

run "any_environment_is_refused" {
  command = plan

  variables {
    environment = "*"
  }

  expect_failures = [var.environment]
}
