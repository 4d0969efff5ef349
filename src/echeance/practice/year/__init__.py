"""A simulated year of one company, lived with and without reminders: what collection is worth."""
