"""How tests here are fuzzed: a busy machine, and the tables that are made at first use, are no failure."""

from hypothesis import HealthCheck, settings

FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
