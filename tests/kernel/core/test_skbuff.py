"""Packets as bytes with offsets."""

from webapp.kernel.core.skbuff import SkBuff


def test_a_clone_has_every_field_of_its_parent_but_its_own_identity_and_no_socket() -> None:
    skb = SkBuff(b"frame", 0x0800)
    own = ("id", "parent", "sk")
    for number, name in enumerate(name for name in SkBuff.__slots__ if name not in own):
        setattr(skb, name, f"value {number}")
    skb.sk = object()
    clone = skb.clone()
    assert {name: getattr(clone, name) for name in SkBuff.__slots__ if name not in own} == {
        name: getattr(skb, name) for name in SkBuff.__slots__ if name not in own
    }
    assert (clone.parent, clone.sk) == (skb.id, None)
    assert clone.id != skb.id


def test_a_write_to_a_clone_leaves_the_parent_alone() -> None:
    skb = SkBuff(b"abcdef")
    clone = skb.clone()
    clone.write(2, b"XY")
    assert (skb.head, clone.head) == (b"abcdef", b"abXYef")


def test_a_new_header_moves_the_offsets_with_the_bytes_they_point_at() -> None:
    skb = SkBuff(b"ethIPdata")
    skb.mac_header, skb.network_header, skb.transport_header = 0, 3, 5
    skb.pull(3)
    skb.push_header(b"OUTER")
    assert skb.head == b"OUTERIPdata"
    assert skb.head[skb.network_header : skb.transport_header] == b"IP"
    assert skb.data == 0
