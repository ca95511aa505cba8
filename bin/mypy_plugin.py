"""Adapt the mypy plugin of django-stubs, which does not terminate here.

For every form class it waits until the nested Meta is known, even if there is none. With many such forms in a module
mypy gives up ("maximum semantic analysis iteration count reached"). This plugin waits only if there is a Meta.
"""

from collections.abc import Callable

from mypy.nodes import ClassDef
from mypy.plugin import ClassDefContext
from mypy_django_plugin.main import NewSemanalDjangoPlugin
from mypy_django_plugin.transformers.forms import make_meta_nested_class_inherit_from_any as wait_for_meta


class Plugin(NewSemanalDjangoPlugin):
    def get_base_class_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        hook = super().get_base_class_hook(fullname)
        return wait_for_meta_if_there_is_one if hook is wait_for_meta else hook


def wait_for_meta_if_there_is_one(context: ClassDefContext) -> None:
    if any(isinstance(node, ClassDef) and node.name == "Meta" for node in context.cls.defs.body):
        wait_for_meta(context)


def plugin(version: str) -> type[Plugin]:
    return Plugin
