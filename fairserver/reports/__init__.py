"""What a fair has come to, and the files of it.

May import ``domain``, ``protocol``, ``line``, ``events`` and ``ledger``.
"""
