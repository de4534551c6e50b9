"""The operations on pricing rules."""

from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter

from listingapi.access.callers import Caller, requires
from listingapi.access.scopes import Scope
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT
from listingapi.parameters import bigint_of
from listingapi.rules.errors import PricingRuleNotFound
from listingapi.rules.schemas import PricingRule, PricingRuleWrite
from listingapi.rules.service import RuleService

RuleIdInPath = Annotated[
    str,
    PathParameter(
        description="The id of a pricing rule.",
        schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT},
    ),
]
RuleId = NamedDependency[int]
Rules = NamedDependency[RuleService]
MAY_WRITE = [requires(Scope.RULES_WRITE)]


def rule_id_of(rule_id: RuleIdInPath) -> int:
    """The id in a path; what is no integer, or is beyond a bigint, is a rule that does not exist."""
    return bigint_of(rule_id, PricingRuleNotFound)


@get("/", operation_id="get-pricing-rules", guards=MAY_WRITE)
async def get_pricing_rules(caller: NamedDependency[Caller], rules: Rules) -> list[PricingRule]:
    """List all pricing rules of the caller's account, at most 100, oldest first."""
    return await rules.all_of(caller.account_id)


@post("/", operation_id="post-pricing-rules", guards=MAY_WRITE)
async def create_pricing_rule(
    data: JSONBody[PricingRuleWrite], attempt: NamedDependency[Attempt], rules: Rules
) -> Response[PricingRule]:
    """Add a pricing rule to the caller's account; it holds for every price that is written to its listings from now on.

    A price that breaks it is flagged in the history (`flag`, the default), waits for a confirmation (`confirm`), or is
    refused (`reject`).
    """
    return (await rules.create(data, attempt)).response()


@get("/{rule_id:str}", operation_id="get-pricing-rule", guards=MAY_WRITE)
async def get_pricing_rule(number: RuleId, caller: NamedDependency[Caller], rules: Rules) -> PricingRule:
    """Read one pricing rule."""
    return await rules.get(caller.account_id, number)


@put("/{rule_id:str}", operation_id="put-pricing-rule", guards=MAY_WRITE)
async def replace_pricing_rule(
    number: RuleId, data: JSONBody[PricingRuleWrite], attempt: NamedDependency[Attempt], rules: Rules
) -> Response[PricingRule]:
    """Replace a pricing rule, the whole of it; prices that were written before are not judged again."""
    return (await rules.replace(number, data, attempt)).response()


@delete("/{rule_id:str}", operation_id="delete-pricing-rule", guards=MAY_WRITE)
async def delete_pricing_rule(number: RuleId, attempt: NamedDependency[Attempt], rules: Rules) -> Response[None]:
    """Delete a pricing rule; the flags that it left in price histories stay."""
    return (await rules.delete(number, attempt)).response()


router = Router(
    "/pricing-rules",
    tags=["pricing-rules"],
    dependencies={"number": Provide(rule_id_of, sync_to_thread=False)},
    route_handlers=[
        get_pricing_rules, create_pricing_rule, get_pricing_rule, replace_pricing_rule, delete_pricing_rule,
    ],
)  # fmt: skip
