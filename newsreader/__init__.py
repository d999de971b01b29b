"""Newsreader: a self-hosted news reader that keeps what it reads. This package is the wiring."""

__version__ = "0.1.0"
