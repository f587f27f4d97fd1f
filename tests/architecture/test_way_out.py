"""Nothing but the one client opens connections: planted here, each is found by lint."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def findings(path: str, text: str) -> str:
    command = [
        Path(sys.executable).with_name("ruff"),
        "check",
        "--select",
        "TID251",
        "--stdin-filename",
        path,
        "-",
    ]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    "text",
    [
        "import httpx2\n",
        "from httpcore2 import ConnectionPool\n",
        "from urllib.request import urlopen\n",
        "import http.client\n",
        "import smtplib\n",
        "import socket\nsocket.create_connection(('x', 1))\n",
        "from socket import socket\n",
        "import asyncio\nasyncio.open_connection('x', 1)\n",
        "from anyio import connect_tcp\n",
        "import obstore\n",
    ],
)
def test_another_way_out_is_found(text):
    assert "TID251" in findings("src/hauberk/features/scans/planted.py", text)
    assert "TID251" not in findings("src/hauberk/infra/http/planted.py", text)
