"""The pages of feeds: for readers, and for staff."""
