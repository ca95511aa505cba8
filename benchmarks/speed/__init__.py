"""Requests per second for one JSON endpoint, framework by framework.

`plan.py` lists what is measured under which server, `environments.py` installs it, `load.py` starts a server and loads
it with wrk, `journal.py` stores the results so that a run can be resumed, `report.py` summarises them for facts. The
applications are in `apps/`, their pinned packages in `requirements/`.
"""
