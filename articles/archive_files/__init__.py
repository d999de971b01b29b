"""Archives of article files: the format, walking a folder, and the way into the database."""
