"""Requests per second for one JSON endpoint, framework by framework.

`plan.py` says what is measured and under which server, `environments.py` installs it, `load.py` starts a server and
drives wrk at it, `journal.py` keeps what was measured so that a run can be taken up again, `report.py` turns it into
facts. The applications lie in `apps/`, their pinned packages in `requirements/`.
"""
