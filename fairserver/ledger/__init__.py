"""The lasting record in SQL: people, staff, fairs, consents and the archived events.

May import ``domain``, ``protocol``, ``line`` and ``events``.
"""
