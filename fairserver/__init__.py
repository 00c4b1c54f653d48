"""Fairserver: one line per booth, shared by the hall, the commune and the phone.

The packages inside are layers; imports point downwards only, in the order of
``docs/architecture.md`` (a test keeps it so).
"""

__version__ = "0.1.0"
