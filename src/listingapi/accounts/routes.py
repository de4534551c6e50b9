"""The operations on accounts, for operators."""

from typing import Annotated, Any

from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter, QueryParameter

from listingapi.access.callers import requires
from listingapi.access.scopes import Scope
from listingapi.accounts.errors import AccountNotFound
from listingapi.accounts.key_routes import ON_ONE_ACCOUNT, key_id_of
from listingapi.accounts.schemas import Account, AccountWrite
from listingapi.accounts.service import AccountService
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT, BigInt
from listingapi.paging import Paging
from listingapi.parameters import bigint_of

AccountIdInPath = Annotated[
    str,
    PathParameter(
        description="The id of an account.", schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT}
    ),
]
PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many accounts a page holds at most.")]
AccountNumber = NamedDependency[int]
Accounts = NamedDependency[AccountService]
OF_ACCOUNTS = ("accounts",)


def account_id_of(account_id: AccountIdInPath) -> int:
    """The id in a path; what is no integer, or is beyond a bigint, is an account that does not exist."""
    return bigint_of(account_id, AccountNotFound)


@get("/", operation_id="get-accounts")
async def get_accounts(
    accounts: Accounts, paging: NamedDependency[Paging], limit: PageLimit = 100
) -> Response[list[Account]]:
    """List the accounts, oldest first."""
    page = await accounts.page(after=paging.start(BigInt, OF_ACCOUNTS), limit=limit)
    return Response(list(page.items), headers=paging.link_header("/accounts", page, OF_ACCOUNTS))


@post("/", operation_id="post-accounts")
async def create_account(
    data: JSONBody[AccountWrite], attempt: NamedDependency[Attempt], accounts: Accounts
) -> Response[Account]:
    """Add an account. Its kind bounds what its credentials may do; what they may do of that is said by each of them."""
    return (await accounts.create(data, attempt)).response()


@get("/{account_id:str}", operation_id="get-account")
async def get_account(account: AccountNumber, accounts: Accounts) -> Account:
    """Read one account."""
    return await accounts.get(account)


@patch("/{account_id:str}", operation_id="patch-account")
async def patch_account(
    account: AccountNumber, data: JSONBody[dict[str, Any]], attempt: NamedDependency[Attempt], accounts: Accounts
) -> Response[Account]:
    """Change some properties of an account by a JSON merge patch (RFC 7396); what it may do changes within seconds.

    While it is suspended, its credentials open nothing. There is no deletion.
    """
    return (await accounts.patch(account, data, attempt)).response()


router = Router(
    "/accounts",
    tags=["accounts"],
    guards=[requires(Scope.ACCOUNTS_ADMIN)],
    dependencies={
        "account": Provide(account_id_of, sync_to_thread=False),
        "key": Provide(key_id_of, sync_to_thread=False),
    },
    route_handlers=[get_accounts, create_account, get_account, patch_account, *ON_ONE_ACCOUNT],
)
