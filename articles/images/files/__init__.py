"""The types that the bytes of pictures, sounds and films tell, and ranges of these bytes. Pure."""
