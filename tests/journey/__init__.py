"""Journeys of whole cases through the pages, in a real browser."""
