"""A fair in virtual time: the very same functions, with people from a scenario file.

May import everything below ``web``; nothing but ``cli`` imports it.
"""
