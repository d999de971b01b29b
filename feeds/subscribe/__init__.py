"""The ways to a subscription: by an address, by a page that names feeds, by an OPML list."""
