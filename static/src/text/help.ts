// What a word of a lab script means, and where to read on: a man page, or the file of the kernel that does it. By the
// program that reads the word. The
// German texts are de/help.ts.

import { words } from "./language.ts";

export interface Help {
  readonly text: string;
  /** A man page or a kernel file. */
  readonly see: string;
}

export type Section = "nft" | "tc" | "ip" | "program";

const help = (text: string, see: string): Help => ({ text, see });

const NFT = "nft(8)";
const EGRESS = "net/core/dev.c, nf_hook_egress";

export const HELP = {
  program: {
    ip: help("Devices, addresses, routes, neighbours and namespaces. `-n NAME` acts in a namespace.", "ip(8)"),
    tc: help("Traffic control: qdiscs on a device, filters in them, actions of the filters.", "tc(8)"),
    bridge: help("Ports, forwarding databases and vlans of bridges.", "bridge(8)"),
    nft: help("Netfilter's rules: tables with chains, chains with rules. `-f -` reads them from what follows.", NFT),
    ping: help("Sends ICMP echo requests from a socket: the packet comes from above, through routing and the output hooks.", "ping(8)"),
    arping: help("Asks by ARP who has an address. It sends through a packet socket, below IP.", "arping(8)"),
    mausezahn: help("Sends frames of one's own. With `-a`, `-b` or as hex they go straight to the device.", "mausezahn(8)"),
    trafgen: help("Sends frames byte by byte through a packet socket with PACKET_QDISC_BYPASS: past tc, the queue and tcpdump.", "trafgen(8)"),
    sysctl: help("Reads and writes values below net, for example `net.ipv4.ip_forward`.", "sysctl(8), Documentation/networking/ip-sysctl.rst"),
    conntrack: help("Shows the table of connections.", "conntrack(8)"),
    "nat64-preview": help("The model's preview of NAT64. A real machine does not have it.", "not in Linux"),
    nc: help("Sends and receives over UDP and TCP.", "nc(1)"),
    tcpdump: help("Prints what a packet socket hears: after the driver when receiving, just before it when sending.", "tcpdump(8), net/packet/af_packet.c"),
    timeout: help("Runs a program, and ends it after a time.", "timeout(1)"),
    sleep: help("Lets time of the lab pass.", "sleep(1)"),
    wait: help("Waits for commands in the background.", "bash(1)"),
    kill: help("Sends a signal to a command in the background.", "bash(1)"),
    true: help("Succeeds.", "true(1)"),
    false: help("Fails.", "false(1)"),
    echo: help("Prints its words.", "echo(1)"),
  },
  nft: {
    // families
    ip: help("IPv4. As a family it is the default; in a rule it reads the IPv4 header.", NFT),
    ip6: help("IPv6. In a rule it reads the IPv6 header.", NFT),
    inet: help("IPv4 and IPv6 in one table. It also has a hook `ingress`, bound to a device.", NFT),
    arp: help("ARP packets, with the hooks input and output.", `${NFT}, net/ipv4/arp.c`),
    bridge: help("Frames that a bridge forwards, below IP.", `${NFT}, net/bridge/br_input.c`),
    netdev: help("A device, below everything: hooks ingress and egress see every frame of it.", `${NFT}, net/netfilter/nft_chain_filter.c`),
    // hooks
    hook: help("Where in the path the chain is run. Only a chain with a hook sees packets by itself.", NFT),
    prerouting: help("After receive, before routing: also packets that will be forwarded. Here destinations are translated.", "net/ipv4/ip_input.c, ip_rcv"),
    input: help("After routing, for packets to this namespace.", "net/ipv4/ip_input.c, ip_local_deliver"),
    forward: help("After routing, for packets that go on through another device.", "net/ipv4/ip_forward.c"),
    output: help("For packets of this namespace's own sockets, after routing.", "net/ipv4/ip_output.c, __ip_local_out"),
    postrouting: help("Just before the neighbour and the device: all that leaves by IP. Here sources are translated.", "net/ipv4/ip_output.c, ip_output"),
    ingress: help("Right after receive on a device: after tc ingress, before routing. It sees every protocol.", "net/core/dev.c, nf_ingress"),
    egress: help("Just before a device sends, before tc egress. Packets that tc has redirected skip it: skb->nf_skip_egress.", EGRESS),
    device: help("The device that the chain is bound to. It must exist.", NFT),
    devices: help("The devices that the chain is bound to.", NFT),
    // chain types
    type: help("What the chain may do: filter, nat (the first packet of a connection), route (routes anew after output).", NFT),
    filter: help(
      "As a type: any statement but translation. As a priority: 0; in bridge tables −200.",
      "include/uapi/linux/netfilter_ipv4.h, enum nf_ip_hook_priorities",
    ),
    nat: help("A chain that sees the first packet of each connection and translates it. The rest follows by itself.", `${NFT}, net/netfilter/nf_nat_core.c`),
    route: help("A chain at output: if the packet's mark or addresses change, it is routed anew.", `${NFT}, net/netfilter/nft_chain_route.c`),
    policy: help("What becomes of a packet that comes to the end of the chain: accept or drop.", NFT),
    // priorities
    priority: help("The order of chains at one hook: lower numbers first. A name may be followed by + or − a number.", NFT),
    raw: help("Priority −300 in ip, ip6 and inet: before connection tracking (−200).", "include/uapi/linux/netfilter_ipv4.h"),
    mangle: help("Priority −150 in ip, ip6 and inet: where packets are changed.", "include/uapi/linux/netfilter_ipv4.h"),
    dstnat: help("Priority −100 at prerouting in ip, ip6 and inet; −300 in bridge.", "include/uapi/linux/netfilter_ipv4.h"),
    security: help("Priority 50 in ip, ip6 and inet.", "include/uapi/linux/netfilter_ipv4.h"),
    srcnat: help("Priority 100 at postrouting in ip, ip6 and inet; 300 in bridge.", "include/uapi/linux/netfilter_ipv4.h"),
    out: help("Priority 100 at output in bridge.", "include/uapi/linux/netfilter_bridge.h"),
    // what holds what
    table: help("Holds chains, sets and maps of one family.", NFT),
    chain: help("A list of rules. With a hook it is a base chain; without one, rules jump to it.", NFT),
    rule: help("Matches from left to right, then a statement. Where one match fails, the next rule is tried.", `${NFT}, net/netfilter/nf_tables_core.c, nft_do_chain`),
    set: help("A named set of values, which rules look up with `@name`.", NFT),
    map: help("From keys to values, which rules look up.", NFT),
    element: help("A member of a set or map.", NFT),
    flowtable: help("Connections that skip the path between ingress and the device they leave by.", `${NFT}, net/netfilter/nf_flow_table_ip.c`),
    vmap: help("From keys to verdicts.", NFT),
    // verdicts
    accept: help("Ends this chain and its hook's chains of this priority. Chains of later priority still see the packet.", NFT),
    drop: help("The packet ends here, at once.", NFT),
    jump: help("Goes on in another chain, and comes back at its end.", NFT),
    goto: help("Goes on in another chain, and does not come back.", NFT),
    return: help("Back to the chain that jumped here; at a base chain, its policy.", NFT),
    continue: help("On to the next rule. This is what happens without a verdict, too.", NFT),
    queue: help("Hands the packet to a program.", NFT),
    // statements
    counter: help("Counts packets and bytes that come to this place of the rule.", "net/netfilter/nft_counter.c"),
    fwd: help("netdev only: takes the packet out of its path and sends it through another device. It begins there below nft egress, at tc egress.", "net/netfilter/nft_fwd_netdev.c"),
    dup: help("Sends a copy: in netdev through another device, in ip to another address. The packet itself goes on.", "net/netfilter/nft_dup_netdev.c"),
    masquerade: help("Source becomes the address of the device the packet leaves by. nat chains at postrouting only.", "net/netfilter/nft_masq.c"),
    redirect: help("Destination becomes this machine. nat chains at prerouting and output only.", "net/netfilter/nft_redir.c"),
    snat: help("Another source address. nat chains at postrouting and input only.", "net/netfilter/nft_nat.c"),
    dnat: help("Another destination address. nat chains at prerouting and output only.", "net/netfilter/nft_nat.c"),
    notrack: help("No connection tracking for this packet. Must run before it: priority raw.", "net/netfilter/nft_ct.c"),
    reject: help("Drops the packet and tells its sender: ICMP, or a TCP reset `with tcp reset`.", "net/netfilter/nft_reject_inet.c"),
    log: help("Writes the packet to the kernel's log.", "net/netfilter/nft_log.c"),
    limit: help("True as long as a rate is not exceeded; `over` turns it round.", "net/netfilter/nft_limit.c"),
    quota: help("True until so many bytes have passed; `over` turns it round.", "net/netfilter/nft_quota.c"),
    last: help("Remembers when a packet last came here.", "net/netfilter/nft_last.c"),
    flow: help("`flow add @f`: lets the connection skip the path from now on.", "net/netfilter/nft_flow_offload.c"),
    tproxy: help("Hands the packet to a local socket although it is not addressed to it.", "net/netfilter/nft_tproxy.c"),
    synproxy: help("Answers TCP handshakes in a server's place.", "net/netfilter/nft_synproxy.c"),
    add: help("In a rule: adds an element to a set. As a command: adds a table, chain, rule or element.", NFT),
    update: help("Adds an element to a set, or refreshes its timeout.", "net/netfilter/nft_dynset.c"),
    delete: help("In a rule: takes an element out of a set. As a command: takes something away.", NFT),
    meter: help("An older form of a set that is filled by rules.", NFT),
    secmark: help("Sets the packet's security mark.", NFT),
    // expressions
    meta: help("What is known of the packet but not in it: devices, mark, protocol. `meta mark set 1` writes the mark.", "net/netfilter/nft_meta.c"),
    mark: help("skb->mark: a number that stays with the packet inside one machine, also across devices of it, but not across namespaces.", "net/netfilter/nft_meta.c"),
    ct: help("What connection tracking knows: state, status, mark, addresses of the connection.", "net/netfilter/nft_ct.c"),
    state: help("Of the connection: new, established, related, invalid, untracked.", "net/netfilter/nf_conntrack_core.c"),
    fib: help("Asks the routing table: `fib daddr type local`, `fib saddr . iif oif`.", "net/netfilter/nft_fib.c"),
    socket: help("The local socket that the packet is for.", "net/netfilter/nft_socket.c"),
    rt: help("The route that was chosen for the packet.", "net/netfilter/nft_rt.c"),
    iif: help("The number of the device that the packet came in by. The device must exist when the rule is added.", "net/netfilter/nft_meta.c"),
    oif: help("The number of the device that the packet will leave by.", "net/netfilter/nft_meta.c"),
    iifname: help("The name of the device that the packet came in by. It need not exist yet.", "net/netfilter/nft_meta.c"),
    oifname: help("The name of the device that the packet will leave by.", "net/netfilter/nft_meta.c"),
    ether: help("The Ethernet header.", NFT),
    vlan: help("The vlan tag.", NFT),
    tcp: help("The TCP header; it implies that the protocol is TCP.", NFT),
    udp: help("The UDP header; it implies that the protocol is UDP.", NFT),
    icmp: help("The ICMP header; it implies that the protocol is ICMP.", NFT),
    icmpv6: help("The ICMPv6 header; it implies that the protocol is ICMPv6.", NFT),
    th: help("The transport header, whichever it is: sport and dport.", NFT),
    saddr: help("The source address of the header before it.", NFT),
    daddr: help("The destination address of the header before it.", NFT),
    sport: help("The source port.", NFT),
    dport: help("The destination port.", NFT),
    numgen: help("A number that counts up or is random, for spreading.", "net/netfilter/nft_numgen.c"),
    jhash: help("A number made of header fields: the same for the same fields.", "net/netfilter/nft_hash.c"),
  },
  tc: {
    qdisc: help("What hangs at a device: queues when sending, and with clsact the place for filters.", "tc(8), net/sched/sch_api.c"),
    clsact: help("A qdisc without queue: gives a device the two places for filters, ingress and egress.", "tc(8), net/sched/sch_ingress.c"),
    filter: help("A classifier with actions at a side of a device. Lower `pref` first.", "tc(8), net/sched/cls_api.c"),
    chain: help("Filters of a block have chains; it begins in chain 0, and `goto chain N` goes on in another.", "tc(8)"),
    class: help("A part of a qdisc that has classes.", "tc(8)"),
    actions: help("Actions by themselves, which filters share by index.", "tc-actions(8)"),
    action: help("What is done with a packet that the classifier matches. Several run one after the other.", "tc-actions(8)"),
    ingress: help("As packets come in at the device: right after the packet sockets, before nft ingress. After `mirred`: into that device as if received.", "net/core/dev.c, sch_handle_ingress"),
    egress: help("As packets leave by the device: after nft egress, before the queue and the packet sockets. After `mirred`: out by that device.", "net/core/dev.c, sch_handle_egress"),
    root: help("The qdisc that sends.", "tc(8)"),
    parent: help("Where it hangs: a qdisc or class by number, ffff:fff2 is ingress, ffff:fff3 egress of clsact.", "tc(8)"),
    protocol: help("The EtherType that the filter looks at: all, ip, ipv6, arp, 802.1Q …", "tc(8)"),
    preference: help("The order of filters: 1 is first. Also `pref` and `prio`.", "tc(8)"),
    pref: help("The order of filters: 1 is first.", "tc(8)"),
    prio: help("The order of filters: 1 is first.", "tc(8)"),
    handle: help("The number of one filter or qdisc.", "tc(8)"),
    // classifiers
    matchall: help("Matches every packet.", "tc-matchall(8), net/sched/cls_matchall.c"),
    flower: help("Matches by header fields, by name: dst_ip, ip_proto, vlan_id …", "tc-flower(8), net/sched/cls_flower.c"),
    u32: help("Matches words of 32 bits at offsets, with masks.", "tc-u32(8), net/sched/cls_u32.c"),
    bpf: help("Matches by a program of classic BPF.", "tc-bpf(8), net/sched/cls_bpf.c"),
    fw: help("Matches by skb->mark, which a netfilter rule may have set.", "tc-fw(8), net/sched/cls_fw.c"),
    basic: help("Matches by expressions: cmp, meta, nbyte, u32.", "tc-basic(8), net/sched/cls_basic.c"),
    // actions
    gact: help("Just a verdict: pass, drop, pipe …", "tc-actions(8), net/sched/act_gact.c"),
    mirred: help("Hands the packet, or a copy, to another device: `egress redirect dev X` sends, `ingress redirect dev X` receives there.", "tc-mirred(8), net/sched/act_mirred.c"),
    redirect: help("The packet itself goes there; its path here ends. Sets skb->nf_skip_egress: nft egress of that device is skipped.", "tc-mirred(8), net/sched/act_mirred.c"),
    mirror: help("A copy goes there; the packet goes on here.", "tc-mirred(8), net/sched/act_mirred.c"),
    skbedit: help("Changes what is known of the packet: mark, priority, type.", "tc-skbedit(8), net/sched/act_skbedit.c"),
    skbmod: help("Changes MAC addresses and EtherType.", "tc-skbmod(8), net/sched/act_skbmod.c"),
    pedit: help("Changes header fields. Follow it by csum.", "tc-pedit(8), net/sched/act_pedit.c"),
    vlan: help("Pushes, pops or changes a vlan tag.", "tc-vlan(8), net/sched/act_vlan.c"),
    csum: help("Computes checksums anew, after pedit.", "tc-csum(8), net/sched/act_csum.c"),
    police: help("Lets a rate pass, and does something else with what exceeds it.", "tc-police(8), net/sched/act_police.c"),
    simple: help("Writes a word into the kernel's log.", "tc-simple(8), net/sched/act_simple.c"),
    nat: help("Rewrites an address without connection tracking.", "tc-nat(8), net/sched/act_nat.c"),
    // what becomes of the packet
    ok: help("TC_ACT_OK: no further filter; the packet goes on its way.", "tc-actions(8)"),
    pass: help("TC_ACT_OK: no further filter; the packet goes on its way.", "tc-actions(8)"),
    drop: help("TC_ACT_SHOT: the packet ends here.", "tc-actions(8)"),
    pipe: help("TC_ACT_PIPE: on to the next action.", "tc-actions(8)"),
    continue: help("TC_ACT_UNSPEC: on to the next filter.", "tc-actions(8)"),
    reclassify: help("From the first filter again.", "tc-actions(8)"),
    goto: help("`goto chain N`: on in that chain.", "tc-actions(8)"),
    jump: help("Skips some of the actions that follow.", "tc-actions(8)"),
    trap: help("Hands the packet from hardware to the kernel; without hardware it ends.", "tc-actions(8)"),
  },
  ip: {
    netns: help("Network namespaces: each has its own devices, addresses, routes and rules.", "ip-netns(8), net/core/net_namespace.c"),
    exec: help("`ip netns exec NAME COMMAND`: runs a program in that namespace.", "ip-netns(8)"),
    link: help("Devices.", "ip-link(8)"),
    address: help("Addresses of devices. An address brings a route to its network along.", "ip-address(8), net/ipv4/devinet.c"),
    addr: help("Addresses of devices. An address brings a route to its network along.", "ip-address(8), net/ipv4/devinet.c"),
    route: help("Where packets go: the longest prefix that fits counts. `route get` asks.", "ip-route(8), net/ipv4/fib_trie.c"),
    rule: help("Which routing table is asked, by source, mark or device.", "ip-rule(8), net/core/fib_rules.c"),
    neighbour: help("From IP addresses to MAC addresses, as ARP finds them or as written by hand.", "ip-neighbour(8), net/core/neighbour.c"),
    neigh: help("From IP addresses to MAC addresses, as ARP finds them or as written by hand.", "ip-neighbour(8), net/core/neighbour.c"),
    fdb: help("Which MAC address is behind which port of a bridge, or which address of a vxlan.", "bridge(8), net/bridge/br_fdb.c"),
    // kinds of devices
    veth: help("Two devices joined by a cable: what one sends the other receives. The ends may be in different namespaces.", "ip-link(8), drivers/net/veth.c"),
    bridge: help("A switch: devices with `master br0` are its ports.", "ip-link(8), net/bridge/br_device.c"),
    dummy: help("A device that swallows what it sends.", "ip-link(8), drivers/net/dummy.c"),
    vlan: help("A device for one vlan tag of the device below.", "ip-link(8), net/8021q/vlan_dev.c"),
    vxlan: help("A tunnel: Ethernet in UDP, to one or several other machines.", "ip-link(8), drivers/net/vxlan/vxlan_core.c"),
    macvlan: help("Another device with a MAC address of its own on top of one.", "ip-link(8), drivers/net/macvlan.c"),
    ifb: help("A device for tc: what is redirected into it comes back after its filters.", "ip-link(8), drivers/net/ifb.c"),
    // options
    dev: help("The device that it is about.", "ip(8)"),
    peer: help("The other end of a veth pair, or of a point-to-point address.", "ip-link(8)"),
    master: help("Plugs the device into a bridge.", "ip-link(8)"),
    nomaster: help("Unplugs the device from its bridge.", "ip-link(8)"),
    up: help("Turns the device on. Without it, nothing is sent or received.", "ip-link(8)"),
    down: help("Turns the device off; its routes go.", "ip-link(8)"),
    mtu: help("The longest packet in bytes, without the Ethernet header.", "ip-link(8)"),
    via: help("The next router: an address that is reached directly.", "ip-route(8)"),
    default: help("The route to everything that has no other: 0.0.0.0/0.", "ip-route(8)"),
    lladdr: help("The MAC address of the neighbour.", "ip-neighbour(8)"),
    nud: help("How sure it is: permanent, reachable, stale …", "ip-neighbour(8)"),
    permanent: help("Does not expire, and no ARP is needed.", "ip-neighbour(8)"),
    id: help("The tag of a vlan, or the number of a vxlan network.", "ip-link(8)"),
    remote: help("The other end of a tunnel.", "ip-link(8)"),
    local: help("This end of a tunnel.", "ip-link(8)"),
    dstport: help("The UDP port of a vxlan; 4789 is the standard one.", "ip-link(8)"),
    learning: help("A vxlan learns where MAC addresses are from what it receives.", "ip-link(8)"),
  },
} satisfies Record<Section, Record<string, Help>>;

/** The texts alone, for a second language. */
export type HelpTexts = { readonly [S in Section]: { readonly [Word in keyof (typeof HELP)[S]]: string } };

const texts = words<HelpTexts | undefined>("help", undefined);

function found(section: Section, word: string): Help | undefined {
  const entries: Readonly<Record<string, Help>> = HELP[section];
  const translated: Readonly<Record<string, string>> | undefined = texts?.[section];
  if (!Object.hasOwn(entries, word)) return undefined;
  return { text: translated?.[word] ?? entries[word]!.text, see: entries[word]!.see };
}

/** What `word` means to `program`; programs' own names are known everywhere. */
export function helpFor(program: string, word: string): Help | undefined {
  const section: Section | undefined = program === "nft" || program === "tc" ? program : program === "ip" || program === "bridge" ? "ip" : undefined;
  return (section && found(section, word)) ?? found("program", word);
}
