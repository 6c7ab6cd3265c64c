"""The engine: commands, queries and rules of processes. It knows neither Flask nor a browser."""
