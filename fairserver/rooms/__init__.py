"""Interview rooms: signalling between two ends, and the servers they connect through.

May import ``domain``, ``protocol``, ``line`` and ``events``.
"""
