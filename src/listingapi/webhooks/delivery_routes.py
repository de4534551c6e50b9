"""The operations on the deliveries of a webhook."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter, QueryParameter
from msgspec import UNSET

from listingapi.access.callers import Caller
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT, BigInt
from listingapi.paging import Paging
from listingapi.parameters import bigint_of
from listingapi.query import reader_of
from listingapi.webhooks.delivery_service import DeliveryService
from listingapi.webhooks.errors import DeliveryNotFound
from listingapi.webhooks.schemas import DeliverySearch, WebhookDelivery

DeliveryIdInPath = Annotated[
    str,
    PathParameter(
        description="The id of a delivery.", schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT}
    ),
]
WebhookNumber = NamedDependency[int]
DeliveryNumber = NamedDependency[int]
Deliveries = NamedDependency[DeliveryService]
PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many deliveries a page holds at most.")]


def delivery_id_of(delivery_id: DeliveryIdInPath) -> int:
    """The id in a path; what is no integer, or is beyond a bigint, is a delivery that does not exist."""
    return bigint_of(delivery_id, DeliveryNotFound)


@get(
    "/{webhook_id:str}/deliveries",
    operation_id="get-webhook-deliveries",
    dependencies={"search": Provide(reader_of(DeliverySearch), sync_to_thread=False)},
)
async def get_deliveries(
    webhook: WebhookNumber,
    caller: NamedDependency[Caller],
    deliveries: Deliveries,
    search: NamedDependency[DeliverySearch],
    paging: NamedDependency[Paging],
    limit: PageLimit = 100,
) -> Response[list[WebhookDelivery]]:
    """List what was or is to be sent for a webhook in the last 30 days, newest first, with what came of it."""
    state = None if search.state_ is UNSET else search.state_
    identity = ("webhook deliveries", webhook, state)
    after = paging.start(BigInt, identity)
    page = await deliveries.page(caller.account_id, webhook, state=state, after=after, limit=limit)
    return Response(list(page.items), headers=paging.link_header(f"/webhooks/{webhook}/deliveries", page, identity))


@post("/{webhook_id:str}/deliveries/{delivery_id:str}/replay", operation_id="replay-webhook-delivery", status_code=202)
async def replay_delivery(
    webhook: WebhookNumber,
    delivery: DeliveryNumber,
    attempt: NamedDependency[Attempt],
    deliveries: Deliveries,
) -> Response[WebhookDelivery]:
    """Send a delivery again, whatever became of it: at once, with the same `webhook-id`, and as often as a new one."""
    return (await deliveries.replay(webhook, delivery, attempt)).response()


OF_ONE_WEBHOOK = (get_deliveries, replay_delivery)
