"""What reaches a person whose page is not in front: web push.

May import ``domain``, ``protocol``, ``line``, ``events`` and, for the key's file, ``tls``.
"""
