"""The format of article files: how one is read and written. Pure."""
