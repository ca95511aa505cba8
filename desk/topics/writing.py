"""Write the content of the database as a topic: a folder that can be loaded from anew."""

import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from desk.keeping.contents import one_moment
from frameworks.models import Versioned
from frameworks.models.schema import Field, schema_of, state_of
from frameworks.tables.kinds import KINDS
from topics.topic import FILE

from .entries import in_json
from .evidence import TEXTS
from .starting import room

#: The kinds of facts in each file, in the order in which they are read. Claims are filed by source, ratings by item.
FILES = {
    "catalogue.json": "criteriongroup criterion facet facetvalue framework",
    "sources.json": "source",
    "readings.json": "wording",
    "claims/claims_{0.source.key}.json": "claim",
    "traits.json": "trait relation",
    "ratings/ratings_{0.framework.slug}.json": "rating",
    "disagreements.json": "disagreement",
    "components.json": "component tie addition",
    "questions.json": "question answer",
    "benchmarks/benchmarks.json": "benchmark figure",
    "use-cases.json": "usecase usecaseweight need recommendation",
    "rules.json": "prompt option rule condition",
}


def write(folder: Path) -> int:
    """Write all facts, the words of the topic and the texts of its sources; return the number of facts.

    Raises NotEmpty if there is something in the folder, or OSError.
    """
    files: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with one_moment():
        for name, kinds in FILES.items():
            for kind in kinds.split():
                for fact in KINDS[kind].facts().order_by("pk"):
                    files[name.format(fact)].append(entry(fact))
    own = settings.TOPIC.folder
    with room(folder):
        shutil.copyfile(own / FILE, folder / FILE)
        if (own / TEXTS).is_dir():
            shutil.copytree(own / TEXTS, folder / TEXTS)
        for name, entries in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(in_json(entries), encoding="utf-8")
    return sum(map(len, files.values()))


def entry(fact: Versioned) -> dict[str, Any]:
    """Return the entry of a fact, without what is as it would be if nothing were said."""
    schema, state = schema_of(type(fact)), state_of(fact)
    fields = {name: state[name] for name, field in schema.fields.items() if state[name] != _unsaid(field)}
    return {"model": fact._meta.label_lower, "fields": fields}


def _unsaid(field: Field) -> Any:
    """Return the value that an entry without this field stands for; what no entry has, where there must be one."""
    if field.many_to_many:
        return []
    if not (field.blank or field.has_default()):
        return ...
    return json.loads(json.dumps(field.get_default(), cls=DjangoJSONEncoder))
