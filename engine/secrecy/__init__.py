"""What must stay secret at rest: passwords as hashes, personal variables under a key of their case."""
