"""The parts of an EPUB 3 book. Pure."""
