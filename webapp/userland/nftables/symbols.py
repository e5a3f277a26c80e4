"""Symbol tables of nft's data types: name -> value (tables beside the types in nftables src/*.c, uapi headers)."""

NFPROTO = {"ipv4": 2, "ipv6": 10}

ETHERTYPES = {"ip": 0x0800, "arp": 0x0806, "ip6": 0x86DD, "8021q": 0x8100, "8021ad": 0x88A8, "vlan": 0x8100}

ARP_OPERATIONS = {"request": 1, "reply": 2, "rrequest": 3, "rreply": 4, "inrequest": 8, "inreply": 9, "nak": 10}

ARPHRD = {"ether": 1, "ppp": 512, "ipip": 768, "ipip6": 769, "loopback": 772, "sit": 776, "ipgre": 778}

PACKET_TYPES = {"host": 0, "unicast": 0, "broadcast": 1, "multicast": 2, "other": 3}

ICMP_TYPES = {
    "echo-reply": 0,
    "destination-unreachable": 3,
    "source-quench": 4,
    "redirect": 5,
    "echo-request": 8,
    "router-advertisement": 9,
    "router-solicitation": 10,
    "time-exceeded": 11,
    "parameter-problem": 12,
    "timestamp-request": 13,
    "timestamp-reply": 14,
    "info-request": 15,
    "info-reply": 16,
    "address-mask-request": 17,
    "address-mask-reply": 18,
}

ICMP_CODES = {
    "net-unreachable": 0,
    "host-unreachable": 1,
    "prot-unreachable": 2,
    "port-unreachable": 3,
    "net-prohibited": 9,
    "host-prohibited": 10,
    "admin-prohibited": 13,
    "frag-needed": 4,
}

ICMPV6_TYPES = {
    "destination-unreachable": 1,
    "packet-too-big": 2,
    "time-exceeded": 3,
    "parameter-problem": 4,
    "echo-request": 128,
    "echo-reply": 129,
    "mld-listener-query": 130,
    "mld-listener-report": 131,
    "mld-listener-done": 132,
    "mld-listener-reduction": 132,
    "nd-router-solicit": 133,
    "nd-router-advert": 134,
    "nd-neighbor-solicit": 135,
    "nd-neighbor-advert": 136,
    "nd-redirect": 137,
    "router-renumbering": 138,
    "ind-neighbor-solicit": 141,
    "ind-neighbor-advert": 142,
    "mld2-listener-report": 143,
}

ICMPV6_CODES = {
    "no-route": 0,
    "admin-prohibited": 1,
    "addr-unreachable": 3,
    "port-unreachable": 4,
    "policy-fail": 5,
    "reject-route": 6,
}

ICMPX_CODES = {"port-unreachable": 1, "admin-prohibited": 3, "no-route": 0, "host-unreachable": 2}

IGMP_TYPES = {
    "membership-query": 0x11,
    "membership-report-v1": 0x12,
    "membership-report-v2": 0x16,
    "membership-report-v3": 0x22,
    "leave-group": 0x17,
}

TCP_FLAGS = {
    "fin": 0x01,
    "syn": 0x02,
    "rst": 0x04,
    "psh": 0x08,
    "ack": 0x10,
    "urg": 0x20,
    "ecn": 0x40,
    "cwr": 0x80,
}

DCCP_PACKET_TYPES = {
    "request": 0,
    "response": 1,
    "data": 2,
    "ack": 3,
    "dataack": 4,
    "closereq": 5,
    "close": 6,
    "reset": 7,
    "sync": 8,
    "syncack": 9,
}

DSCP = {
    "cs0": 0x00,
    "cs1": 0x08,
    "cs2": 0x10,
    "cs3": 0x18,
    "cs4": 0x20,
    "cs5": 0x28,
    "cs6": 0x30,
    "cs7": 0x38,
    "df": 0x00,
    "be": 0x00,
    "lephb": 0x01,
    "af11": 0x0A,
    "af12": 0x0C,
    "af13": 0x0E,
    "af21": 0x12,
    "af22": 0x14,
    "af23": 0x16,
    "af31": 0x1A,
    "af32": 0x1C,
    "af33": 0x1E,
    "af41": 0x22,
    "af42": 0x24,
    "af43": 0x26,
    "va": 0x2C,
    "ef": 0x2E,
}

ECN = {"not-ect": 0, "ect1": 1, "ect0": 2, "ce": 3}

MH_TYPES = {
    "binding-refresh-request": 0,
    "home-test-init": 1,
    "careof-test-init": 2,
    "home-test": 3,
    "careof-test": 4,
    "binding-update": 5,
    "binding-acknowledgement": 6,
    "binding-error": 7,
    "fast-binding-update": 8,
    "fast-binding-acknowledgement": 9,
    "fast-binding-advertisement": 10,
    "experimental-mobility-header": 11,
    "home-agent-switch-message": 12,
}

MPTCP_SUBTYPES = {
    "mp-capable": 0,
    "mp-join": 1,
    "dss": 2,
    "add-addr": 3,
    "remove-addr": 4,
    "mp-prio": 5,
    "mp-fail": 6,
    "mp-fastclose": 7,
    "mp-tcprst": 8,
}

CT_STATES = {"invalid": 1, "new": 8, "established": 2, "related": 4, "untracked": 64}

CT_DIRECTIONS = {"original": 0, "reply": 1}

CT_STATUS = {
    "expected": 0x1,
    "seen-reply": 0x2,
    "assured": 0x4,
    "confirmed": 0x8,
    "snat": 0x10,
    "dnat": 0x20,
    "seq-adjust": 0x40,
    "snat-done": 0x80,
    "dnat-done": 0x100,
    "dying": 0x200,
    "fixed-timeout": 0x400,
    "helper": 13,  # nft compares with the bit's number
    "offload": 14,
    "hw-offload": 15,
}

CT_EVENTS = {
    "new": 0x1,
    "related": 0x2,
    "destroy": 0x4,
    "reply": 0x8,
    "assured": 0x10,
    "protoinfo": 0x20,
    "helper": 0x40,
    "mark": 0x80,
    "seqadj": 0x100,
    "secmark": 0x200,
    "label": 0x400,
}

DAYS = {"Sunday": 0, "Monday": 1, "Tuesday": 2, "Wednesday": 3, "Thursday": 4, "Friday": 5, "Saturday": 6}

ADDRTYPES = {
    "unspec": 0,
    "unicast": 1,
    "local": 2,
    "broadcast": 3,
    "anycast": 4,
    "multicast": 5,
    "blackhole": 6,
    "unreachable": 7,
    "prohibit": 8,
}
