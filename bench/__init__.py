"""`make bench`: what the house costs, as ratios against bare baselines measured in the same run."""
