"""The operations on the API keys of an account, for operators."""

from typing import Annotated

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from listingapi.accounts.errors import APIKeyNotFound
from listingapi.accounts.key_schemas import APIKey, APIKeyWrite, NewAPIKey
from listingapi.accounts.key_service import KeyService
from listingapi.idempotency.attempts import Attempt
from listingapi.pagination import LARGEST_BIGINT
from listingapi.parameters import bigint_of

KeyIdInPath = Annotated[
    str,
    PathParameter(
        description="The id of an API key.", schema_extra={"type": "integer", "minimum": 0, "maximum": LARGEST_BIGINT}
    ),
]
AccountNumber = NamedDependency[int]
KeyNumber = NamedDependency[int]
Keys = NamedDependency[KeyService]


def key_id_of(key_id: KeyIdInPath) -> int:
    """The id in a path; what is no integer, or is beyond a bigint, is a key that does not exist."""
    return bigint_of(key_id, APIKeyNotFound)


@get("/{account_id:str}/keys", operation_id="get-account-keys")
async def get_keys(account: AccountNumber, keys: Keys) -> list[APIKey]:
    """List all API keys of an account, newest first, also those that are revoked or expired; at most 1 000."""
    return await keys.all_of(account)


@post("/{account_id:str}/keys", operation_id="post-account-keys")
async def create_key(
    account: AccountNumber, data: JSONBody[APIKeyWrite], attempt: NamedDependency[Attempt], keys: Keys
) -> Response[NewAPIKey]:
    """Make an API key for an account. The answer is the only one that holds the key: it is stored as a hash.

    A request that is repeated with its Idempotency-Key makes no second key, and is answered without the first. Whose
    answer was lost revokes that key and makes another.
    """
    return (await keys.create(account, data, attempt)).told.response()


@get("/{account_id:str}/keys/{key_id:str}", operation_id="get-account-key")
async def get_key(account: AccountNumber, key: KeyNumber, keys: Keys) -> APIKey:
    """Read what is known of one API key; `last_used_date` is up to some seconds behind."""
    return await keys.get(account, key)


@delete("/{account_id:str}/keys/{key_id:str}", operation_id="delete-account-key")
async def revoke_key(
    account: AccountNumber, key: KeyNumber, attempt: NamedDependency[Attempt], keys: Keys
) -> Response[None]:
    """Revoke an API key: within seconds, it opens nothing in any process. It stays in the list."""
    return (await keys.revoke(account, key, attempt)).response()


ON_ONE_ACCOUNT = (get_keys, create_key, get_key, revoke_key)
