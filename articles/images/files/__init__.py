"""What the bytes of a picture, sound or film tell of it, and parts of them. Pure."""
