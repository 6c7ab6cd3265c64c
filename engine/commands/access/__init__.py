"""Logging in and out, passwords, and the first administrator."""
