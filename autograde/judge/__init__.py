"""Decides: holds checks, properties and references, and runs them against a learner."""
