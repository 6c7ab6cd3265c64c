"""An installation as a whole: making its database ready, the schema, backup and restore, verifying the history."""
