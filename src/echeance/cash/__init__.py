"""Banque: statements, matching, payments received."""
