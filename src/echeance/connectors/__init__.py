"""Connecteurs: translate another system's facts, then call commands."""
