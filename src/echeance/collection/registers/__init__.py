"""Public registers that the collection room asks."""
