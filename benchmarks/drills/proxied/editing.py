"""Edit a rating for each line that is read, and write one when it is committed: an editor who saves when told to.

`python -m benchmarks.drills.proxied.editing`, on the database of DATABASE_URL.
"""

import sys

import django


def main() -> None:
    django.setup()
    from benchmarks.bench.editing import edit_elsewhere

    for _ in sys.stdin:
        edit_elsewhere()
        print(flush=True)


if __name__ == "__main__":
    main()
