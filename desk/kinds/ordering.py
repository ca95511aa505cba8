"""The admin of facts that readers see in an order of the editors' choice: their list moves them up and down."""

from .fact_admin import FactAdmin


class OrderedAdmin(FactAdmin):
    """Facts with a position: it is typed in their list, or set by moving the rows; one save is one changeset."""

    list_editable = ("position",)
    list_per_page = 200

    class Media:
        js = ("desk-order.js",)
