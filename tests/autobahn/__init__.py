"""The Autobahn test suite against the server's socket and the client's: ``make autobahn``.

It runs on Python 2.7 only, in an environment of its own under ``.make/autobahn``; where there is
none it says so and skips. What it found is kept in ``docs/autobahn.json``.
"""
