"""A function that stands for a kernel function is called by position: the recorder passes on nothing else."""

import ast
from pathlib import Path

from webapp.lab.lab import Lab

SOURCES = [ast.parse(path.read_text()) for path in (Path(__file__).parents[2] / "webapp").rglob("*.py")]


def _is_kfunc(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "kfunc" for mark in node.decorator_list
    )


def test_no_kernel_function_is_called_with_keywords() -> None:
    names = {
        node.name
        for tree in SOURCES
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and _is_kfunc(node)
    }
    assert len(names) > 300
    called = [
        ast.unparse(node)
        for tree in SOURCES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.keywords
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in names
    ]
    assert called == []


def test_an_address_that_becomes_ours_while_a_packet_is_walked_is_recorded_too() -> None:
    lab = Lab(record=True)
    lab.append(
        "ip netns add a\nip netns add b\n"
        "ip link add v0 netns a type veth peer name v1 netns b\n"
        "ip -n a link set v0 up\nip -n b link set v1 up\n"
        "ip -n a addr add 10.0.0.1/24 dev v0\n"
        "ip netns exec a ping -c 1 -W 5 10.0.0.9\n"
    )
    probe = lab.entries[-1].probe
    assert probe is not None
    assert any(step.symbol == "addrconf_dad_completed" for step in probe.walk.steps)
