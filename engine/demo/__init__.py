"""The demo: an invented university, and a database in which it has worked through a year of cases."""
