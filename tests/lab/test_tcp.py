"""Connections under policies, against what Linux 6.18 and netcat-openbsd 1.219 printed: counters of every hook, errors,
and how often what is lost is repeated.

Each lab of tests/lab/tcp prints on the model what it printed on the kernel, byte for byte.
"""

from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = Path(__file__).parent / "tcp"


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_a_connection_is_counted_and_ends_as_on_the_kernel(name: str) -> None:
    lab = Lab(name)
    printed = "".join(entry.transcript for entry in lab.run((LABS / f"{name}.sh").read_text()))
    assert printed == (LABS / f"{name}.out").read_text()


def test_a_connection_in_the_background_is_seen_in_the_walk_of_the_client() -> None:
    lab = Lab("walk", record=True)
    lab.append("ip netns exec lab true || ip netns add a && ip -n a link set lo up")
    lab.append("ip netns exec a nc -l 80 >/dev/null &")
    (entry,) = lab.append("ip netns exec a nc -N 127.0.0.1 80")
    assert entry.probe is not None
    symbols = [step.symbol for step in entry.probe.walk.steps]
    for earlier, later in (
        ("tcp_v4_connect", "tcp_connect"),
        ("tcp_connect", "__tcp_transmit_skb"),
        ("__tcp_transmit_skb", "__ip_queue_xmit"),
        ("tcp_v4_rcv", "tcp_conn_request"),
        ("tcp_conn_request", "tcp_v4_send_synack"),
        ("tcp_v4_send_synack", "tcp_rcv_synsent_state_process"),
        ("tcp_rcv_synsent_state_process", "tcp_check_req"),
        ("tcp_check_req", "tcp_v4_syn_recv_sock"),
        ("tcp_send_fin", "tcp_fin"),
    ):
        assert symbols.index(earlier) < symbols.index(later), (earlier, later)
