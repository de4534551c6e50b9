"""What tests of webhooks begin with."""

from typing import Any

# A name that by its standard (RFC 6761) leads nowhere.
NOWHERE = "https://receiver.invalid/hook"


def webhook(**changed: Any) -> dict[str, Any]:
    """A WebhookWrite as parsed JSON."""
    return {"url": NOWHERE, "types": ["price.changed"]} | changed
