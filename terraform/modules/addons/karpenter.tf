# Warnings of AWS that a node will be taken away: Karpenter drains it before.
resource "aws_sqs_queue" "interruption" {
  name                      = "${var.cluster.name}-interruption"
  message_retention_seconds = 300
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "interruption" {
  queue_url = aws_sqs_queue.interruption.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EventsOfThisAccountAlone"
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com"] }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.interruption.arn
        Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
      },
      {
        Sid       = "NothingWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.interruption.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "interruption" {
  for_each = {
    spot      = { source = ["aws.ec2"], "detail-type" = ["EC2 Spot Instance Interruption Warning"] }
    rebalance = { source = ["aws.ec2"], "detail-type" = ["EC2 Instance Rebalance Recommendation"] }
    state     = { source = ["aws.ec2"], "detail-type" = ["EC2 Instance State-change Notification"] }
    health    = { source = ["aws.health"], "detail-type" = ["AWS Health Event"] }
  }

  name          = "${var.cluster.name}-${each.key}"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "interruption" {
  for_each = aws_cloudwatch_event_rule.interruption

  rule = each.value.name
  arn  = aws_sqs_queue.interruption.arn
}

resource "aws_iam_role" "karpenter" {
  name = "${var.cluster.name}-karpenter"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "pods.eks.amazonaws.com" } }]
  })
}

resource "aws_eks_pod_identity_association" "karpenter" {
  cluster_name    = var.cluster.name
  namespace       = "kube-system"
  service_account = "karpenter"
  role_arn        = aws_iam_role.karpenter.arn
}

locals {
  ec2   = "arn:aws:ec2:${var.region}"
  owned = "kubernetes.io/cluster/${var.cluster.name}"
  ours = {
    StringEquals = { "aws:ResourceTag/${local.owned}" = "owned" }
    StringLike   = { "aws:ResourceTag/karpenter.sh/nodepool" = "*" }
  }
  made_ours = {
    StringEquals = { "aws:RequestTag/${local.owned}" = "owned", "aws:RequestTag/eks:eks-cluster-name" = var.cluster.name }
    StringLike   = { "aws:RequestTag/karpenter.sh/nodepool" = "*" }
  }
  new_things = [for kind in ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"] : "${local.ec2}:*:${kind}/*"]
}

# Karpenter starts and ends nodes of this cluster: what it makes it marks as the cluster's, and it touches nothing else.
resource "aws_iam_role_policy" "karpenter" {
  name = "nodes"
  role = aws_iam_role.karpenter.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "StartFrom"
        Effect   = "Allow"
        Action   = ["ec2:RunInstances", "ec2:CreateFleet"]
        Resource = concat(["${local.ec2}::image/*", "${local.ec2}::snapshot/*"], [for kind in ["security-group", "subnet", "capacity-reservation"] : "${local.ec2}:*:${kind}/*"])
      },
      { Sid = "StartFromOurTemplates", Effect = "Allow", Action = ["ec2:RunInstances", "ec2:CreateFleet"], Resource = ["${local.ec2}:*:launch-template/*"], Condition = local.ours },
      { Sid = "MakeOurs", Effect = "Allow", Action = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"], Resource = local.new_things, Condition = local.made_ours },
      {
        Sid      = "MarkAsOursWhenMade"
        Effect   = "Allow"
        Action   = ["ec2:CreateTags"]
        Resource = local.new_things
        Condition = merge(local.made_ours, {
          StringEquals = merge(local.made_ours.StringEquals, { "ec2:CreateAction" = ["RunInstances", "CreateFleet", "CreateLaunchTemplate"] })
        })
      },
      {
        Sid      = "MarkOurs"
        Effect   = "Allow"
        Action   = ["ec2:CreateTags"]
        Resource = ["${local.ec2}:*:instance/*"]
        Condition = merge(local.ours, {
          "ForAllValues:StringEquals" = { "aws:TagKeys" = ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] }
        })
      },
      { Sid = "EndOurs", Effect = "Allow", Action = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"], Resource = ["${local.ec2}:*:instance/*", "${local.ec2}:*:launch-template/*"], Condition = local.ours },
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypeOfferings",
          "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates", "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
        ]
        Resource  = ["*"]
        Condition = { StringEquals = { "aws:RequestedRegion" = var.region } }
      },
      { Sid = "Prices", Effect = "Allow", Action = ["pricing:GetProducts"], Resource = ["*"] },
      { Sid = "Images", Effect = "Allow", Action = ["ssm:GetParameter"], Resource = ["arn:aws:ssm:${var.region}::parameter/aws/service/*"] },
      { Sid = "Warnings", Effect = "Allow", Action = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], Resource = [aws_sqs_queue.interruption.arn] },
      {
        Sid       = "GiveNodesTheirRole"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = ["arn:aws:iam::${var.account}:role/${local.node_role}"]
        Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
      },
      {
        Sid      = "MakeInstanceProfiles"
        Effect   = "Allow"
        Action   = ["iam:CreateInstanceProfile", "iam:TagInstanceProfile"]
        Resource = ["arn:aws:iam::${var.account}:instance-profile/*"]
        Condition = {
          StringEquals = { "aws:RequestTag/${local.owned}" = "owned", "aws:RequestTag/topology.kubernetes.io/region" = var.region }
        }
      },
      {
        Sid       = "UseOurInstanceProfiles"
        Effect    = "Allow"
        Action    = ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"]
        Resource  = ["arn:aws:iam::${var.account}:instance-profile/*"]
        Condition = { StringEquals = { "aws:ResourceTag/${local.owned}" = "owned", "aws:ResourceTag/topology.kubernetes.io/region" = var.region } }
      },
      { Sid = "FindInstanceProfiles", Effect = "Allow", Action = ["iam:GetInstanceProfile"], Resource = ["arn:aws:iam::${var.account}:instance-profile/*"] },
      { Sid = "ListInstanceProfiles", Effect = "Allow", Action = ["iam:ListInstanceProfiles"], Resource = ["*"] },
      { Sid = "FindTheCluster", Effect = "Allow", Action = ["eks:DescribeCluster"], Resource = ["arn:aws:eks:${var.region}:${var.account}:cluster/${var.cluster.name}"] },
      {
        Sid       = "EncryptDisks"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        Resource  = [data.aws_kms_alias.cluster.target_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "ec2.${var.region}.amazonaws.com" } }
      },
    ]
  })
}
