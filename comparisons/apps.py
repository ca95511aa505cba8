from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    """The judgement: what follows from the facts under somebody's weights."""

    name = "comparisons"
    seed = ("use-cases.json", "rules.json")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from frameworks.models import FacetValue  # models are there by now
        from frameworks.models.catalogue import reserve_parameters
        from frameworks.pages import old_addresses
        from frameworks.serving import sections

        from .comparison import permalinks
        from .models import Rule, UseCase

        sections.register(
            {
                "comparisons:choose": Rule.objects.all,
                "comparisons:use_cases": UseCase.objects.all,
                "comparisons:capabilities": FacetValue.objects.capabilities,
            }
        )

        reserve_parameters(permalinks.PARAMETERS, prefixes=(permalinks.MINIMUM, permalinks.WEIGHT))
        old_addresses.register(
            old_addresses.AddressNames(
                segments={"use-cases": "usecase"},
                route={"slugs": "framework"},
                query={
                    permalinks.AMONG: "framework",
                    "baseline": "framework",
                    "criteria": "criterion",
                    "rows": "criterion",
                    permalinks.USE_CASE: "usecase",
                },
                pairs=[permalinks.by_todays_names],
            )
        )
