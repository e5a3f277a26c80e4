"""The words of nft's language and what each may be (nftables src/scanner.l).

A word that is always a keyword cannot be a name: a table cannot be called "counter". The others are keywords only
where the grammar has room for them, which plays nft's scanner states.
"""

from __future__ import annotations

from webapp.userland.nftables import exthdr, keys
from webapp.userland.nftables.proto import PROTOCOLS

OPERATORS = {
    "==": "EQ", "!=": "NEQ", "<=": "LTE", ">=": "GTE", "<<": "LSHIFT", ">>": "RSHIFT", "<": "LT", ">": "GT",
    ",": "COMMA", ".": "DOT", ":": "COLON", ";": "SEMICOLON", "{": "LBRACE", "}": "RBRACE", "[": "LBRACKET",
    "]": "RBRACKET", "(": "LPAR", ")": "RPAR", "^": "CARET", "&": "AMPERSAND", "|": "PIPE", "!": "NOT", "/": "SLASH",
    "-": "DASH", "*": "ASTERISK", "@": "AT", "$": "DOLLAR", "=": "ASSIGN", "+": "PLUS",
}  # fmt: skip
WORD_OPERATORS = {
    "eq": "EQ", "ne": "NEQ", "le": "LTE", "lt": "LT", "ge": "GTE", "gt": "GT", "lshift": "LSHIFT", "rshift": "RSHIFT",
    "xor": "CARET", "and": "AMPERSAND", "or": "PIPE", "not": "NOT",
}  # fmt: skip

_ALWAYS = (  # noqa: SIM905 # read as words
    "vmap include define redefine undefine describe hook device devices table chain rule set element map flowtable "
    "handle ruleset socket tproxy accept drop continue jump goto return inet netdev add replace update create insert "
    "delete get list reset flush rename monitor destroy position index comment constant interval dynamic auto-merge "
    "timeout gc-interval elements expires policy size flow offload meter counter last log queue limit quota hour day "
    "reject snat dnat masquerade redirect random th bridge ether type typeof vlan arp ip ecn icmp icmpv6 ip6 priority "
    "flags udp tcp dccp sctp gre gretap rt meta mark iif oif oifname skuid ct numgen jhash symhash dup fwd fib osf "
    "synproxy notrack all exists missing exthdr ipsec secmark xt tunnel import export"
).split()

_SOMETIMES = (  # noqa: SIM905 # read as words
    "to name packets bytes kbytes mbytes never prefix snaplen queue-threshold level group bypass fanout rate burst "
    "second minute week over until used with icmpx fully-random persistent port option options mss wscale timestamp "
    "sequence chunk addr l3proto protocol original reply expectation helper helpers count inc mod offset seed check "
    "ttl loose skip version in out spnum filter nat route performance memory transparent cgroupv2 tables chains sets "
    "maps meters flowtables limits quotas counters rules secmarks synproxys hooks trace xml json vm"
).split()


def _fields() -> frozenset[str]:
    """Every word that may follow a protocol's name."""
    words: set[str] = set()
    for templates in (
        *(desc.templates for desc in PROTOCOLS.values()),
        *(desc.templates for desc in exthdr.EXTHDRS.values()),
        *(desc.templates for desc in exthdr.TCP_OPTIONS.values()),
        *(desc.templates for desc in exthdr.IP_OPTIONS.values()),
        *(desc.templates for desc in exthdr.SCTP_CHUNKS.values()),
    ):
        words.update(token.split()[0].split("[")[0] for token in templates)
    return frozenset(words - {"l4proto", "kind", "parameter-problem", "ecn"} | {"param-problem", "seq"})


FIELDS = _fields()

CLASSES: dict[str, tuple[str, ...]] = {
    "PROTO": ("igmp", "ah", "esp", "comp", "udplite"),
    "TUNNEL_PROTO": ("vxlan", "geneve"),
    "EXTHDR_PROTO": ("hbh", "frag", "dst", "mh"),
    "RT_TYPE": ("rt0", "rt2", "srh"),
    "META_KEY": (
        "iifname", "iiftype", "oiftype", "skgid", "nftrace", "rtclassid", "ibriport", "ibrname", "obriport", "obrname",
        "pkttype", "cpu", "iifgroup", "oifgroup", "cgroup", "time",
    ),
    "META_WORD": (
        "length", "nfproto", "l4proto", "protocol", "priority", "random", "secmark", "iifkind", "oifkind", "ibrpvid",
        "ibrvproto", "sdif", "sdifname", "broute", "ibrhwaddr", "secpath",
    ),
    "CT_WORD": ("state", "status", "direction", "expiration", "label", "event", "id", "proto-src", "proto-dst"),
    "CT_DIR_WORD": ("proto-src", "proto-dst"),
    "CT_DIR_OPTIONAL": ("avgpkt", "zone"),
    "RT_WORD": ("classid", "nexthop", "mtu"),
    "SOCKET_WORD": ("transparent", "wildcard"),
    "TUNNEL_WORD": ("path", "id"),
    "XFRM_WORD": ("spi", "reqid"),
    "TCP_OPTION": (
        "echo", "eol", "fastopen", "md5sig", "mptcp", "mss", "maxseg", "nop", "noop", "sack-perm", "sack-permitted",
        "timestamp", "window", "sack", "sack0", "sack1", "sack2", "sack3",
    ),
    "SADDR_DADDR": ("saddr", "daddr"),
    "DPORT": ("dport",),
    "IP_OPTION": ("lsrr", "rr", "ssrr", "ra"),
    "SCTP_CHUNK": tuple(exthdr.SCTP_CHUNKS),
    "RAW_BASE": ("ll", "nh"),
    "TYPE_WORD": ("dscp", "ecn", "classid"),
    "NUM_WORD": ("num",),
}  # fmt: skip
"""Terminals that stand for several words."""

_ALIASES = {"maxseg": "MSS", "sack-permitted": "SACK_PERM", "sack-perm": "SACK_PERM"}


def terminal(word: str) -> str:
    """The terminal of a keyword that has its own."""
    return _ALIASES.get(word, word.upper().replace("-", "_"))


GLOBAL = frozenset((
    *_ALWAYS, *WORD_OPERATORS, "vxlan", "geneve", "igmp", "ah", "esp", "comp", "udplite", "hbh", "frag", "dst",
    "mh", "rt0", "rt2", "srh", "vni", *CLASSES["META_KEY"],
))  # fmt: skip
"""Words that are never names."""


def _candidates() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    # Header fields first: where one may stand, nothing else is meant.
    for word in FIELDS:
        table[word] = ["SADDR_DADDR", "FIELD"] if word in CLASSES["SADDR_DADDR"] else ["FIELD"]
    for name, words in CLASSES.items():
        for word in words if name != "SADDR_DADDR" else ():
            table.setdefault(word, []).append(name)
    for word in (*_ALWAYS, *_SOMETIMES, "maxseg", "sack-perm", "sack-permitted"):
        table.setdefault(word, []).append(terminal(word))
    for word, name in WORD_OPERATORS.items():
        table.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in table.items()}


CANDIDATES = _candidates()
"""Word -> the terminals it may be, in the order in which they are tried."""

NAMES = {name: sign for sign, name in OPERATORS.items()} | {
    "NEWLINE": "newline", "COLON": "colon", "SEMICOLON": "semicolon", "COMMA": "comma", "NUM": "number",
    "STRING": "string", "QUOTED_STRING": "quoted string", "ASTERISK_STRING": "string with a trailing asterisk",
    "$END": "end of file", "JUNK": "junk", "NUM_WORD": "num", "SEQUENCE": "seq", "LBRACE": "'{'", "RBRACE": "'}'",
    "LBRACKET": "'['", "RBRACKET": "']'", "LPAR": "'('", "RPAR": "')'", "PIPE": "'|'", "DOLLAR": "'$'", "ASSIGN": "'='",
    "CRLF": "CRLF line terminators", "SACK_PERM": "sack-permitted",
}  # fmt: skip
"""What an error calls a terminal; others are called by their word."""

_ORDER = (
    "$END", "JUNK", "CRLF", "NEWLINE", "COLON", "SEMICOLON", "COMMA", "DOT", "EQ", "NEQ", "LT", "GT", "GTE", "LTE",
    "LSHIFT", "RSHIFT", "AMPERSAND", "CARET", "NOT", "SLASH", "ASTERISK", "DASH", "AT", "VMAP", "PLUS",
)  # fmt: skip
_WORD_ORDER = (  # noqa: SIM905 # read as words
    "include define redefine undefine fib check socket transparent wildcard cgroupv2 tproxy osf synproxy mss wscale "
    "typeof hook hooks device devices table tables chain chains rule rules sets set element map maps flowtable handle "
    "ruleset trace inet netdev add update replace create insert delete get list reset flush rename describe import "
    "export new destroy monitor all accept drop continue jump goto return to constant interval dynamic auto-merge "
    "timeout gc-interval elements expires policy memory performance size flow offload meter meters flowtables number "
    "string quoted-string asterisk ll nh th bridge ether saddr daddr type vlan id cfi dei pcp arp htype ptype hlen "
    "plen operation ip version hdrlength dscp ecn length frag-off ttl protocol checksum ptr value lsrr rr ssrr ra icmp "
    "code sequence gateway mtu igmp mrt options ip6 priority flowlabel nexthdr hoplimit icmpv6 param-problem max-delay "
    "taddr ah reserved spi esp comp flags cpi port udp sport dport udplite csumcov tcp ackseq doff window urgptr "
    "option dccp vxlan vni gre gretap geneve sctp chunk data init init-ack vtag rt rt0 rt2 srh seg-left addr "
    "last-entry tag sid hbh frag reserved2 more-fragments dst mh meta mark iif iifname oif oifname skuid time nfproto "
    "classid nexthop ct l3proto original reply counter name packets bytes kbytes mbytes avgpkt last never counters "
    "quotas limits synproxys helpers log prefix group snaplen queue-threshold level limit rate burst over until quota "
    "used secmark secmarks second minute hour day week reject with icmpx snat dnat masquerade redirect random "
    "fully-random persistent queue num bypass fanout dup fwd numgen inc mod offset jhash symhash seed position index "
    "comment notrack exists missing exthdr ipsec reqid spnum in out xt filter nat route loose skip"
).split()
_SIGN_ORDER = ("ASSIGN", "LBRACE", "RBRACE", "DOLLAR", "PIPE", "LPAR", "RPAR", "LBRACKET", "RBRACKET")
RANK = {name: at for at, name in enumerate((*_ORDER, *_WORD_ORDER, *_SIGN_ORDER))}
"""The order in which an error lists what it expected."""

META_KEYS_LISTED = ", ".join(
    keys.META[number].token
    for number in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
                   27, 28, 29, 30, 31, 32, 33, 34)
)  # fmt: skip
"""The meta keys as an error lists them, in the kernel's order."""
