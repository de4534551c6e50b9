"""The operations on webhooks."""

from typing import Annotated, Any

from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter

from listingapi.access.callers import Caller, requires
from listingapi.access.scopes import Scope
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT
from listingapi.parameters import bigint_of
from listingapi.webhooks.delivery_routes import OF_ONE_WEBHOOK, delivery_id_of
from listingapi.webhooks.errors import WebhookNotFound
from listingapi.webhooks.schemas import NewWebhook, Webhook, WebhookWrite
from listingapi.webhooks.service import WebhookService

WebhookIdInPath = Annotated[
    str,
    PathParameter(
        description="The id of a webhook.", schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT}
    ),
]
WebhookNumber = NamedDependency[int]
Webhooks = NamedDependency[WebhookService]


def webhook_id_of(webhook_id: WebhookIdInPath) -> int:
    """The id in a path; what is no integer, or is beyond a bigint, is a webhook that does not exist."""
    return bigint_of(webhook_id, WebhookNotFound)


@get("/", operation_id="get-webhooks")
async def get_webhooks(caller: NamedDependency[Caller], webhooks: Webhooks) -> list[Webhook]:
    """List all webhooks of the caller's account, at most 100, oldest first."""
    return await webhooks.all_of(caller.account_id)


@post("/", operation_id="post-webhooks")
async def create_webhook(
    data: JSONBody[WebhookWrite], attempt: NamedDependency[Attempt], webhooks: Webhooks
) -> Response[NewWebhook]:
    """Subscribe an address to events. The answer is the only one that holds the secret that deliveries are signed with.

    A request that is repeated with its Idempotency-Key makes no second webhook, and is answered without the secret.
    Whose answer was lost makes another secret.
    """
    return (await webhooks.create(data, attempt)).answer.response()


@get("/{webhook_id:str}", operation_id="get-webhook")
async def get_webhook(webhook: WebhookNumber, caller: NamedDependency[Caller], webhooks: Webhooks) -> Webhook:
    """Read one webhook."""
    return await webhooks.get(caller.account_id, webhook)


@patch("/{webhook_id:str}", operation_id="patch-webhook")
async def patch_webhook(
    webhook: WebhookNumber, data: JSONBody[dict[str, Any]], attempt: NamedDependency[Attempt], webhooks: Webhooks
) -> Response[Webhook]:
    """Change some properties of a webhook by a JSON merge patch (RFC 7396).

    While it is `paused` or `gone`, nothing is sent, and what happens is not kept for it. What was waiting goes on when
    it is `active` again.
    """
    return (await webhooks.patch(webhook, data, attempt)).response()


@delete("/{webhook_id:str}", operation_id="delete-webhook")
async def delete_webhook(
    webhook: WebhookNumber, attempt: NamedDependency[Attempt], webhooks: Webhooks
) -> Response[None]:
    """Delete a webhook, and with it the log of its deliveries."""
    return (await webhooks.delete(webhook, attempt)).response()


@post("/{webhook_id:str}/secrets", operation_id="post-webhook-secrets")
async def rotate_secret(
    webhook: WebhookNumber, attempt: NamedDependency[Attempt], webhooks: Webhooks
) -> Response[NewWebhook]:
    """Make another secret for a webhook. Deliveries are signed with both for 24 hours, then with the new one alone.

    The secret before those two signs no more: whoever rotates twice ends one at once.
    """
    return (await webhooks.rotate(webhook, attempt)).answer.response()


router = Router(
    "/webhooks",
    tags=["webhooks"],
    guards=[requires(Scope.WEBHOOKS_WRITE)],
    dependencies={
        "webhook": Provide(webhook_id_of, sync_to_thread=False),
        "delivery": Provide(delivery_id_of, sync_to_thread=False),
    },
    route_handlers=[
        get_webhooks, create_webhook, get_webhook, patch_webhook, delete_webhook, rotate_secret, *OF_ONE_WEBHOOK,
    ],
)  # fmt: skip
