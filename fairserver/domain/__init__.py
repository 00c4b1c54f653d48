"""What a fair is: its nouns, its states and its rules, as plain types.

Imports nothing else of ours; everything above may import it.
"""
