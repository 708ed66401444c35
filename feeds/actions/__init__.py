"""The use cases, each a function: pages, the API, commands and the scheduler call them.

Each room holds the use cases of one part of the work. From the top down, each may use those after it:
`accounts`, `lists`, `editing`, `delivering`, `gathering`, `sorting`, `operating`, `publishing`, `declaring`.
`job_kinds` stands above them all: it says which function does each kind of job.
"""
