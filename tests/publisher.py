"""A real HTTP server on loopback that serves what a test tells it to."""
