"""RSS, Atom and JSON Feed, written an item at a time. Pure."""
