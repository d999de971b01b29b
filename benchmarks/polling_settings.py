"""The settings, without the second that a host is left alone between two requests: what is measured is not waiting."""

from newsreader.settings import *  # noqa: F403

HOST_PAUSE = 0.0
