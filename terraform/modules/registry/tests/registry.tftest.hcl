mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  repositories = ["shop-backend", "shop-frontend"]
  key_arn      = "arn:aws:kms:us-west-2:123456789012:key/registry"
}

run "repositories" {
  command = plan

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.main : repository.image_tag_mutability == "IMMUTABLE"])
    error_message = "A tag never comes to mean another image."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.main : repository.image_scanning_configuration[0].scan_on_push])
    error_message = "Every image is scanned when it arrives."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.main : repository.encryption_configuration[0].kms_key == var.key_arn])
    error_message = "Images are encrypted with our own key."
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.main : !repository.force_delete])
    error_message = "A repository with images is not deleted."
  }

  assert {
    condition     = alltrue([for policy in aws_ecr_lifecycle_policy.main : jsondecode(policy.policy).rules[1].selection.countNumber == 100])
    error_message = "As many images stay as can be gone back to."
  }

  assert {
    condition     = length(aws_ecr_repository.main) == 2
    error_message = "Each service has a repository of its own."
  }
}

run "too_few_to_go_back_to_is_refused" {
  command = plan

  variables {
    keep = 5
  }

  expect_failures = [var.keep]
}
