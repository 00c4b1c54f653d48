"""The contract with clients: commands, answers, events and views as plain msgspec types.

One source for the server, the pages' documentation and ``booth_client``.
May import ``domain`` only.
"""
