"""Decisions of billing: facts in, answer out."""
