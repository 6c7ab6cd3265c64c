"""Measurements of the product; nothing here is part of it."""
