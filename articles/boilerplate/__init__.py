"""The operator's rules for what is taken out of articles, and what a rule would do."""
