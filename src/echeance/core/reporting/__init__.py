"""E-reporting: flux 10, what the tax office learns of sales that no e-invoice tells it."""
