"""The live line: one Valkey function per transition, its keys, and the Python face.

May import ``domain`` and ``protocol``. Nothing here reads live state and then writes it.
"""
