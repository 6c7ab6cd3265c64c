"""Speaking to the database: connections, statements compiled once, and how values stand in either system."""
