"""What leaves this site in the forms that other programs read."""
