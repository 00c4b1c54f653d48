"""The employer's side in Python: an asyncio client of the fair's socket, and robots.

Imports ``fairserver.protocol`` (the contract) and nothing else of the server.
"""
