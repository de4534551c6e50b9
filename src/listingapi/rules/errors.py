"""The errors of operations on pricing rules."""

from http import HTTPStatus

from listingapi.errors import RequestError


class PricingRuleNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "pricing-rule-not-found"

    def __init__(self, rule_id: object) -> None:
        super().__init__(f"There is no pricing rule {str(rule_id)[:40]}.")


class TooManyPricingRules(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "too-many-pricing-rules"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} pricing rules: delete or replace one.")
