"""A list of articles as a book to take along: EPUB 3, read without a network."""
