"""Commands: one file per verb. They check, change and record; they never commit."""
