"""The reference pipeline: alerts of a sky survey, real or simulated, as a workload whose hot spot is to be found."""
