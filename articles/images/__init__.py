"""Pictures, sounds and films of articles: fetched for the reader, kept for good, made to fit, served from this site."""
