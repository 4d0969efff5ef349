"""Entraînement: a simulated company and world, built by commands with the clock moved."""
