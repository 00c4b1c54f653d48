"""What a node keeps doing, all of it under one supervisor; no HTTP in here."""
