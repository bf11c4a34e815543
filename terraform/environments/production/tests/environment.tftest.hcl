# The values are the rendered ones beside this folder, so what is tested is what would be applied.
mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

mock_provider "random" {
  source          = "../../mocks"
  override_during = plan
}

run "as_described" {
  command = plan

  assert {
    condition     = output.environment.capacity.nodes <= var.cluster.max
    error_message = "All replicas at their most fit the nodes."
  }

  assert {
    condition     = var.database == null || output.environment.capacity.connections <= try(var.database.max_connections, 0)
    error_message = "All pools together fit the database."
  }

  assert {
    condition     = var.cluster.public_access_cidrs == tolist([]) || !contains(var.cluster.public_access_cidrs, "0.0.0.0/0")
    error_message = "The cluster does not answer the whole world."
  }

  assert {
    condition     = !var.protected || (try(var.database.multi_az, true) && var.copies_region != null)
    error_message = "What users' data lie in has a standby, and copies elsewhere."
  }
}
