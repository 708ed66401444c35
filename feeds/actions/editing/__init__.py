"""What people change, each with its line in the log and mostly with undo: articles, authors, sources, topics, mixes, partners, the look.

`changes` writes the log and takes changes back; `states` knows what there is to put back of each subject. A module
`…_edits` adds log and undo to a use case of a lower room, or of this one. Edits of followed lists stand in `lists`, the room above.
"""
