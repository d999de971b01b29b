"""Entries that came in, held against what is stored. Pure."""
