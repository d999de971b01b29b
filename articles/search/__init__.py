"""Search in every language: analyze and parse (pure), index and find (one module per database)."""
