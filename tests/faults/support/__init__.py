"""What the fault tests and the benchmarks share: real nodes, sign-ins, clients, and a referee.

``fair`` writes a fair's file, ``nodes`` runs server nodes as processes that may be killed,
``people`` signs everybody in, ``caller`` and ``recording`` are clients whose acknowledged
commands are kept, ``referee`` folds the event stream by rules of its own.
"""
