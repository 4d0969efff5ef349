"""Pilotage: figures, dashboards and statistics, read from the other rooms."""
