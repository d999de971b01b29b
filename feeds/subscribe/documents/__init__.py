"""Documents that name feeds: web pages and OPML lists. Pure."""
