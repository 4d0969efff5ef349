"""Speed of the house on this machine: ratios within one run, never a timed test."""
