mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

mock_provider "helm" {
  override_during = plan
}

variables {
  cluster = { name = "shop-prod", min = 3, max = 10, instance_types = ["m7g.xlarge"] }
  account = "123456789012"
  region  = "us-west-2"
  domain  = "shop.example"
}

run "releases" {
  command = plan

  assert {
    condition     = alltrue([for release in merge(helm_release.first, helm_release.then) : can(regex("^v?[0-9]+\\.[0-9]+\\.[0-9]+$", release.version))])
    error_message = "Every add-on is at one version, not at the newest of the day."
  }

  assert {
    condition     = length(setsubtract(["external-secrets", "cert-manager", "keda", "karpenter", "istiod", "gateway-crds", "datadog-operator", "kyverno", "nodes", "external-dns"], keys(merge(helm_release.first, helm_release.then)))) == 0
    error_message = "All that the manifests count on is there."
  }

  assert {
    condition     = alltrue([for release in merge(helm_release.first, helm_release.then) : release.atomic && release.cleanup_on_fail])
    error_message = "An add-on that does not come up goes back to what it was."
  }

  assert {
    condition     = helm_release.first["istio-base"].version == helm_release.then["istiod"].version
    error_message = "The mesh's kinds and its control plane are of one version."
  }
}

run "nodes" {
  command = plan

  assert {
    condition     = yamldecode(helm_release.then["nodes"].values[0]).limits.cpu == "28"
    error_message = "Karpenter adds no more nodes than the most, less those that are always there."
  }

  assert {
    condition     = yamldecode(helm_release.then["nodes"].values[0]).architecture == "arm64"
    error_message = "Graviton types are started as what they are."
  }

  assert {
    condition     = yamldecode(helm_release.then["nodes"].values[0]).kmsKeyId == "arn:aws:kms:us-west-2:123456789012:key/cluster"
    error_message = "Disks of nodes that Karpenter starts are encrypted with our own key."
  }

  assert {
    condition     = strcontains(file("${path.module}/charts/nodes/templates/nodes.yaml"), "httpTokens: required") && strcontains(file("${path.module}/charts/nodes/templates/nodes.yaml"), "httpPutResponseHopLimit: 1")
    error_message = "A pod cannot ask for the credentials of a node that Karpenter started."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.karpenter.policy).Statement : can(statement.Condition) if contains(statement.Action, "ec2:TerminateInstances") || contains(statement.Action, "ec2:CreateLaunchTemplate")])
    error_message = "Karpenter makes and ends nothing but what is marked as this cluster's."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.interruption.policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012" && aws_sqs_queue.interruption.sqs_managed_sse_enabled
    error_message = "Warnings come from this account alone, and are encrypted."
  }
}

run "without_a_domain" {
  command = plan

  variables {
    domain = null
  }

  assert {
    condition     = !contains(keys(helm_release.then), "external-dns")
    error_message = "Nothing writes DNS where there is no domain."
  }
}

run "fewer_at_most_than_always_is_refused" {
  command = plan

  variables {
    cluster = { name = "shop-prod", min = 3, max = 2, instance_types = ["m7g.xlarge"] }
  }

  expect_failures = [var.cluster]
}
