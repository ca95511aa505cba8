"""Report errors to a service that speaks Sentry's protocol, where SENTRY_DSN names one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

#: What a report says of a request: enough to repeat it, nothing that a visitor or an editor has sent.
TOLD = ("method", "url")
DESK = "/admin/"


class NotReporting(Exception):
    """Errors cannot be reported; the text says why."""


def start(dsn: str, *, transport: "type[Transport] | None" = None) -> None:
    """Report from now on what is logged as an error, and every exception that nothing handles.

    Reports are sent by HTTP unless another transport is given. Raises NotReporting if the package is not installed or
    the address is none.
    """
    try:
        import sentry_sdk
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise NotReporting("SENTRY_DSN needs what `bin/bootstrap operating` installs.") from error
    try:
        sentry_sdk.init(
            dsn,
            transport=transport,
            include_local_variables=False,  # they hold passwords and what is typed
            max_request_body_size="never",
            before_send=without_secrets,
        )
    except BadDsn as error:
        raise NotReporting("SENTRY_DSN must be an address like https://key@errors.example.org/1.") from error


def without_secrets(event: "Event", hint: "Hint") -> "Event":
    """Return a report without cookies, headers, forms and addresses of clients; of the desk without its queries."""
    if request := event.get("request"):
        shown = {name: request[name] for name in TOLD if name in request}
        if "query_string" in request and DESK not in str(request.get("url")):
            shown["query_string"] = request["query_string"]
        event["request"] = shown
    event.pop("user", None)
    event.pop("server_name", None)
    return event
