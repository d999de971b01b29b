"""What a publisher has older than its feed document: followed once, a document at a time."""
