"""Changes to people, units, roles, congress, settings and calendar; one noun a file, each change in the trail."""
