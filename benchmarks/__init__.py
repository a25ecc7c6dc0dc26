"""Load and size, measured on the machine at hand, as ratios against its own limit in the same run."""
