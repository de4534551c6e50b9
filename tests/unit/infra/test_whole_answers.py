"""An answer goes out whole, in one piece, so that whoever is killed leaves none that is cut off behind its head."""

import asyncio

from listingapi.infra.whole_answers import WholeAnswer


class Written(asyncio.Transport):
    """Keeps what is written, in the pieces in which it came."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


async def test_head_and_body_are_one_piece() -> None:
    answer = WholeAnswer(written := Written(), asyncio.get_running_loop())
    answer.write(b"head ")
    answer.write(b"body")
    await asyncio.sleep(0)

    assert written.pieces == [b"head body"]


async def test_a_head_waits_for_no_body_that_does_not_come() -> None:
    answer = WholeAnswer(written := Written(), asyncio.get_running_loop())
    answer.write(b"head")
    assert written.pieces == []

    await asyncio.sleep(0)
    answer.write(b"chunk")
    answer.write(b"another")

    assert written.pieces == [b"head", b"chunk", b"another"]


async def test_a_head_without_a_body_is_sent_before_the_connection_is_closed() -> None:
    answer = WholeAnswer(written := Written(), asyncio.get_running_loop())
    answer.write(b"head")
    answer.close()
    await asyncio.sleep(0)

    assert (written.pieces, written.is_closed, answer.is_closing()) == ([b"head"], True, True)
