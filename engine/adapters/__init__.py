"""Real implementations of the ports: the clock, files, keys and the thread that carries out jobs."""
