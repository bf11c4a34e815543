# Both windows in minutes of the day, the backup's widened by half an hour on each side.
locals {
  clock = [for time in concat(split("-", var.backup_window), [for part in split("-", var.maintenance_window) : substr(part, 4, 5)]) :
    try(tonumber(split(":", time)[0]) * 60 + tonumber(split(":", time)[1]), 0)
  ]
  backup      = [local.clock[0] - 30, local.clock[1] + 30]
  maintenance = [local.clock[2], local.clock[3]]

  apart = (
    local.clock[0] < local.clock[1] && local.clock[2] < local.clock[3] &&
    (local.maintenance[0] >= local.backup[1] || local.maintenance[1] <= local.backup[0])
  )
}
