"""The aiohttp application: socket, pages, HTTP interface, sign-in.

May import everything below it; only ``cli`` stands above.
"""
