"""Topics of small, multilingual comment sets.

`redact` masks who is named, `units` splits comments into sentences and sets aside what says
nothing, `embed` makes vectors, `fit` finds topics, `naming` names them, `contrast` says who raises
them, `voices` chooses what may be quoted.
"""
