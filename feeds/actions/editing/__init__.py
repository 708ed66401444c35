"""What people change, each with its line in the log and the way back: articles, authors, sources, topics, mixes, the look.

`changes` writes the log and takes changes back; `states` knows what there is to put back of each subject. What only
scripts and ticks do belongs in the rooms below.
"""
