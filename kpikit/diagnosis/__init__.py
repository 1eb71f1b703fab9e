"""The core: pure functions over small tables and numbers."""
