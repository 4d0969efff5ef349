"""Assistant: the day, its duties, and a record of every decision."""
