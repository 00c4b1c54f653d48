"""The station: a booth's desk in a terminal, with picture and sound. ``booth-client --help``.

* ``model`` says what is to be done next, from the cells of the view; no I/O,
* ``work`` does it: the connection, the interview's media, the commands,
* ``app`` shows it with Textual, ``screens`` are pairing and the choice of a desk,
* ``words`` holds what is said, a catalogue for each language.
"""
