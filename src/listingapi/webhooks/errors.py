"""The errors of operations on webhooks."""

from http import HTTPStatus

from listingapi.errors import RequestError


class WebhookNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "webhook-not-found"

    def __init__(self, webhook_id: object) -> None:
        super().__init__(f"There is no webhook {str(webhook_id)[:40]}.")


class DeliveryNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "delivery-not-found"

    def __init__(self, delivery_id: object) -> None:
        super().__init__(f"The webhook has no delivery {str(delivery_id)[:40]}; they are kept for 30 days.")


class TooManyWebhooks(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "too-many-webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} webhooks: delete or change one.")
