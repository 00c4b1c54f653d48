"""What each event does to the records of its fair, a module for each noun.

Every module has a table ``HANDLERS``; ``Projection`` puts them together. Nobody else imports from
here: records change by events only.
"""
