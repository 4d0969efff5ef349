"""How the documentation is built."""

project = "Échéance"
author = "Échéance"
language = "fr"
extensions = ["myst_parser"]
html_theme = "furo"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]
