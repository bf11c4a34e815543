# Each at one version; nobody gets another by installing on another day.
locals {
  charts = {
    gateway-crds = {
      repository = "oci://docker.io/envoyproxy", chart = "gateway-crds-helm", version = "1.8.0", namespace = "istio-system", first = true
      values     = { crds = { gatewayAPI = { enabled = true, channel = "standard" }, envoyGateway = { enabled = false } } }
    }
    istio-base = {
      repository = "https://istio-release.storage.googleapis.com/charts", chart = "base", version = "1.31.0", namespace = "istio-system", first = true
      values     = { defaultRevision = "default" }
    }
    istiod = {
      repository = "https://istio-release.storage.googleapis.com/charts", chart = "istiod", version = "1.31.0", namespace = "istio-system", first = false
      values = {
        autoscaleMin = 2
        meshConfig   = { accessLogFile = "/dev/stdout", accessLogEncoding = "JSON" }
      }
    }
    cert-manager = {
      repository = "oci://quay.io/jetstack/charts", chart = "cert-manager", version = "v1.21.2", namespace = "cert-manager", first = true
      values = {
        replicaCount = 2
        crds         = { enabled = true }
        config       = { enableGatewayAPI = true }
      }
    }
    external-secrets = {
      repository = "oci://ghcr.io/external-secrets/charts", chart = "external-secrets", version = "2.10.0", namespace = "external-secrets", first = true
      values     = { replicaCount = 2, leaderElect = true }
    }
    keda = {
      repository = "https://kedacore.github.io/charts", chart = "keda", version = "2.20.2", namespace = "keda", first = true
      values     = { operator = { replicaCount = 2 } }
    }
    kyverno = {
      repository = "https://kyverno.github.io/kyverno", chart = "kyverno", version = "3.9.1", namespace = "kyverno", first = true
      values     = { admissionController = { replicas = 3 } }
    }
    datadog-operator = {
      repository = "https://helm.datadoghq.com", chart = "datadog-operator", version = "2.23.2", namespace = "datadog", first = true
      values     = { replicaCount = 2 }
    }
    karpenter = {
      repository = "oci://public.ecr.aws/karpenter", chart = "karpenter", version = "1.14.1", namespace = "kube-system", first = true
      values = {
        replicas          = 2
        priorityClassName = "system-cluster-critical"
        settings          = { clusterName = var.cluster.name, interruptionQueue = aws_sqs_queue.interruption.name }
      }
    }
    # The node pool of this environment: a chart of ours, beside this file.
    nodes = {
      repository = null, chart = "${path.module}/charts/nodes", version = "1.0.0", namespace = "kube-system", first = false
      values     = local.node_pool
    }
  }

  with_domain = var.domain == null ? {} : {
    external-dns = {
      repository = "https://kubernetes-sigs.github.io/external-dns", chart = "external-dns", version = "1.21.1", namespace = "external-dns", first = false
      values = {
        provider      = { name = "aws" }
        sources       = ["gateway-httproute", "service", "ingress"]
        domainFilters = [var.domain]
        policy        = "upsert-only"
        txtOwnerId    = var.cluster.name
      }
    }
  }
}

# Kinds of the first are used by the others.
resource "helm_release" "first" {
  for_each = { for name, chart in local.charts : name => chart if chart.first }

  name             = each.key
  repository       = each.value.repository
  chart            = each.value.chart
  version          = each.value.version
  namespace        = each.value.namespace
  create_namespace = true
  atomic           = true
  cleanup_on_fail  = true
  max_history      = 10
  timeout          = 600
  values           = [yamlencode(each.value.values)]

  depends_on = [aws_eks_pod_identity_association.karpenter]
}

resource "helm_release" "then" {
  for_each = merge({ for name, chart in local.charts : name => chart if !chart.first }, local.with_domain)

  name             = each.key
  repository       = each.value.repository
  chart            = each.value.chart
  version          = each.value.version
  namespace        = each.value.namespace
  create_namespace = true
  atomic           = true
  cleanup_on_fail  = true
  max_history      = 10
  timeout          = 600
  values           = [yamlencode(each.value.values)]

  depends_on = [helm_release.first]
}
