# Datadog's monitors, objective and dashboard, in a state of their own: they change more often than a network, and need another
# account. The keys come from DD_API_KEY and DD_APP_KEY, the site from DD_HOST.
provider "datadog" {}

module "datadog" {
  source = "../../../modules/datadog"

  app         = var.app
  environment = var.environment
  tell        = var.tell
  parts       = var.parts
  monitors    = var.monitors
  objective   = var.objective
  dashboard   = var.dashboard
  percentiles = var.percentiles
}
