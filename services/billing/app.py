"""Builds the billing service. Nothing happens at import."""
