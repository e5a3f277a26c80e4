// One sentence for each step, in English. `{name}` is filled in; what stands between backquotes is the machine's.

import { words } from "./language.ts";

const en = {
  // hooks that did not run
  passedByTc: "`{symbol}` returned at once: tc gave the packet to `{dev}`, and `nf_skip_egress` is still 1, so the nft egress chain of `{dev}` was passed by.",
  passedBy: "The packet was led past {station} on `{dev}`: {reason}.",
  empty: "Nothing is attached to {station} on `{dev}`: the packet goes on.",
  emptyOnNamespace: "No chain is attached to {station} in `{netns}`: the packet goes on.",
  off: "{station} is switched off by its static key: nothing on this machine uses it, so the packet pays nothing here.",

  // netfilter and tc
  nftAccepted: "{rules} ran on {station} of `{dev}`; the packet was accepted.",
  nftDropped: "{rules} ran on {station} of `{dev}`; the packet was dropped.",
  nftStolen: "A rule on {station} of `{dev}` took the packet away: it does not go on along this lane.",
  policyDropped: "No rule on {station} of `{dev}` decided; the chain's policy dropped the packet.",
  hookAccepted: "{rules} ran at {station} in `{netns}`; the packet was accepted.",
  hookDropped: "{rules} ran at {station} in `{netns}`; the packet was dropped.",
  hookStolen: "A rule at {station} in `{netns}` took the packet away.",
  tcNoMatch: "No filter on {station} of `{dev}` matched: the packet goes on.",
  tcNoFilter: "{station} of `{dev}` has a qdisc but no filter: the packet goes on.",
  tcAccepted: "A `{kind}` filter on {station} of `{dev}` matched and let the packet go on (`{verdict}`).",
  tcDropped: "A `{kind}` filter on {station} of `{dev}` matched and dropped the packet (`{verdict}`).",
  tcStolen: "A `{kind}` filter on {station} of `{dev}` matched and took the packet (`{verdict}`): netfilter above does not see it.",
  tcStolenOut: "A `{kind}` filter on {station} of `{dev}` matched and took the packet (`{verdict}`): it does not reach the driver of `{dev}`.",
  tcAfterRedirect: "tc handed the packet to `{dev}` below netfilter, so only its tc filters run: `{kind}` matched, `{verdict}`.",

  // hand-overs
  mirredRedirect: "`mirred` redirects the packet to `{to}`, inside the tc layer: netfilter on `{to}` will not see it go out.",
  mirredIngress: "`mirred` puts the packet into the ingress of `{to}`, as if it had just arrived there.",
  mirredMirror: "`mirred` sends a copy to `{to}`; the packet itself goes on.",
  mirred: "`mirred`: {detail}.",
  fwd: "nft `fwd` hands the packet to `{to}` from the netfilter layer, so the egress chain of `{to}` will see it.",
  dup: "nft `dup` sends a copy to `{to}`; the packet itself goes on.",
  handOver: "`{symbol}` hands the packet over.",

  // devices
  xmit: "The driver of `{dev}` takes the packet: `{symbol}`.",
  xmitVeth: "`{symbol}` puts the packet on the cable: it lies in the backlog of the other end.",
  xmitLoopback: "`{symbol}` turns the packet round: what leaves `lo` arrives at `lo`.",
  receive: "The packet arrives at `{dev}`: taps see it first, then tc, then netfilter.",
  tapped: "A packet socket on `{dev}` is given a copy: this is what tcpdump shows.",
  queuedBacklog: "The packet waits in the backlog until the sender is done.",
  queuedNeighbour: "The packet waits until the link-layer address of the next hop is known.",
  cloned: "`{symbol}` makes a copy of the packet.",
  devQueueXmit: "`{symbol}` begins the way out of `{dev}`: netfilter first, then tc, then the driver.",
  devQueueXmitBelow: "`{symbol}` begins the way out of `{dev}`. `nf_skip_egress` is 1, because tc sent the packet here: netfilter's egress will be passed by.",

  // L3
  socketSend: "`{program}` in `{netns}` sends: `{symbol}` makes the packet.",
  socketReply: "The kernel of `{netns}` answers: `{symbol}` makes a packet of its own.",
  routed: "A route for `{destination}` was looked up: {result}.",
  notRouted: "There is no route for `{destination}`: {result}.",
  neighbour: "`{address}` is at `{lladdr}` ({state}).",
  neighbourUnknown: "The link-layer address of `{address}` is not known ({state}).",
  forwarding: "The packet is not for `{netns}` itself: it is forwarded, and its TTL goes down by one.",
  delivered: "The packet has reached its end: {socket} in `{netns}`.",
  copyDelivered: "`{symbol}` has nothing more to do with the packet: a socket has its own copy of it.",
  undeliverable: "Nobody in `{netns}` waits for the packet: `{symbol}` drops it (`{reason}`).",
  deliveredPlain: "`{symbol}` takes the packet: it has reached `{netns}`.",

  preview: "NAT64 stands at {station} of `{dev}`: a look ahead, not in Linux.",

  // connection tracking and NAT
  tracked: "Connection tracking of `{netns}` knows the packet's connection: {state}.",
  trackedInvalid: "Connection tracking of `{netns}` can make nothing of the packet: its state is invalid.",
  translated: "NAT rewrites the packet's {field}: it is `{address}` now.",

  // endings and plain functions
  dropped: "The packet ends here: `{symbol}`, reason `{reason}`.",
  consumed: "`{symbol}` is done with the packet and frees it.",
  changed: "`{symbol}` changes {fields}.",
  verdict: "`{symbol}` returns `{verdict}`.",
  plain: "`{symbol}` runs.",
  plainOn: "`{symbol}` runs for `{dev}`.",

  // inside a hook, step by step
  expressionGoesOn: "`{expression}`: the rule goes on.",
  expressionEnds: "`{expression}`: the rule does not match, or ends here.",
  filterMatched: "The `{kind}` filter of pref {pref} matches: `{verdict}`.",
  filterPassed: "The `{kind}` filter of pref {pref} does not match.",
  action: "Action `{kind}`: {detail} (`{verdict}`).",

  // parts
  rule: "One rule",
  rules: "{count} rules",
  noRule: "A chain without a matching rule",
  field: "`{field}` from `{before}` to `{after}`",
  bytes: "the packet's bytes",
  and: " and ",
} as const;

export const SENTENCES = words("sentences", en);

export type SentenceKey = keyof typeof en;
export type Sentences = Readonly<Record<SentenceKey, string>>;
