"""`hauberk up`: one command, everything there, Ctrl-C and nothing left, and all of it again."""

import socket

import pytest

from fixtures.whole_product import Product, gone, processes_of
from hauberk.infra.settings.home import Home


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "a home with a space"
    yield home
    assert gone(home), processes_of(home)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_everything_starts_stops_and_starts_again_with_its_data(home):
    first = Product(home).until_ready()
    assert first.get("/health/ready")[0] == 200
    assert first.sign_in_link
    assert first.sign_in_link.split("token=")[1] not in "".join(
        log.read_text() for log in (home / "logs").glob("*.log")
    )
    secrets = Home(home).secrets()

    second = Product(home)
    assert second.end() == 1
    assert f"process {first.process.pid}" in second.said

    first.interrupt()
    assert first.end() == 0
    assert first.said.rstrip().endswith("Stopped.")
    assert gone(home, 2)

    again = Product(home).until_ready()
    assert "Schema" not in again.said
    assert Home(home).secrets() == secrets
    again.interrupt()
    assert again.end() == 0


@pytest.mark.long
def test_a_port_that_is_taken_is_said_before_anything_starts(home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        product = Product(home, other.getsockname()[1])
        assert product.end() == 1
    assert "is in use by another program. Choose another: hauberk up --port" in product.said
    assert not (home / "postgres").exists()


@pytest.mark.long
def test_ctrl_c_while_it_starts_leaves_nothing(home):
    product = Product(home)
    product.until("Hauberk starts")
    product.interrupt()
    assert product.end() == 0
    assert "Stopped." in product.said
