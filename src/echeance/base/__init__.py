"""Socle: company, people and rights, clock, journal, counters, policy, jobs, work items."""
