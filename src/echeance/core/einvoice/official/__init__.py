"""Official verdicts: the published schemas and rules, run in separate processes."""
