"""A publisher's history, older than its feed document: followed once, a document at a time."""
