"""Notebooks and kernels in processes forked from one that has imported everything already.

`parent` forks, `child` asks it to, `cells` runs a notebook's cells in a forked process, `kernel`
is a Jupyter kernel in one. `engine` offers the first to papermill (`--engine rapport-warm`),
`provisioner` the second to every Jupyter client. Nothing here knows of Rapport: other projects'
notebooks run on it as they are.
"""
