"""Les anomalies en clair: what a rule means, where it is broken, what to do, in two languages."""
