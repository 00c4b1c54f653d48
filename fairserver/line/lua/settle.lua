-- Keep the answer of a claimed command that has no transition of its own.
-- args     none
transition('settle', function() end)
