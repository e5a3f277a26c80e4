"""A cable seen from both ends."""

from webapp.lab.builtin import builtin
from webapp.lab.lab import Lab
from webapp.lab.topology import Topology, topology
from webapp.workshop.perspective import Stop, perspectives, seen_from_the_other_end

CONTAINER, HOST = ("container", "vethc"), ("host", "vethh")


def redirect() -> Topology:
    found = builtin("redirect")
    assert found is not None
    lab = Lab()
    lab.append(found.script)
    return topology(lab.machine)


def test_what_leaves_a_container_is_egress_there_and_ingress_on_the_host_s_end() -> None:
    cable = next(seen for seen in perspectives(redirect()) if CONTAINER in (seen.a, seen.b))
    leaving, entering = (cable.there, cable.back) if cable.a == CONTAINER else (cable.back, cable.there)
    assert leaving == (
        Stop(CONTAINER, "nft egress", -1), Stop(CONTAINER, "tc egress", -1),
        Stop(HOST, "tc ingress", 1), Stop(HOST, "nft ingress", -1),
    )  # fmt: skip
    assert entering == (
        Stop(HOST, "nft egress", 1), Stop(HOST, "tc egress", 1),
        Stop(CONTAINER, "tc ingress", -1), Stop(CONTAINER, "nft ingress", 1),
    )  # fmt: skip


def test_a_hook_has_another_name_at_the_other_end() -> None:
    seen = redirect()
    assert seen_from_the_other_end(seen, HOST, "nft egress") == (CONTAINER, "nft ingress")
    assert seen_from_the_other_end(seen, CONTAINER, "tc egress") == (HOST, "tc ingress")
    assert seen_from_the_other_end(seen, CONTAINER, "prerouting") is None
    assert seen_from_the_other_end(seen, ("host", "lo"), "nft egress") is None
