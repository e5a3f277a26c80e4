// The words of a lab script by their kinds, for colours: a tokenizer that goes through a line at a time, as CodeMirror's
// StreamLanguage asks. It knows quotes, here-documents, and what nft, tc, ip and bridge read; it judges nothing.

import type { StringStream } from "@codemirror/language";

export type Kind =
  | "comment"
  | "program"
  | "structure"
  | "verdict"
  | "expression"
  | "statement"
  | "tc"
  | "verb"
  | "option"
  | "string"
  | "number"
  | "address"
  | "operator"
  | "name";

export interface State {
  /** The program whose words are read, "" before it. */
  program: string;
  /** What the next word is, where that is not the program's own. */
  next: "" | "netns" | "program";
  quote: "" | "'" | '"';
  pending: readonly { readonly delimiter: string; readonly tabs: boolean }[];
  /** Here-documents that are being read; the first one is the current. */
  bodies: readonly { readonly delimiter: string; readonly tabs: boolean }[];
  continued: boolean;
}

export const start = (): State => ({ program: "", next: "", quote: "", pending: [], bodies: [], continued: false });

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const PROGRAMS = set("ip tc bridge nft ping arping mausezahn trafgen sysctl conntrack nat64-preview nc tcpdump timeout sleep wait kill true false echo");
const NFT_STRUCTURE = set(
  "table chain rule set map element flowtable type typeof hook device devices priority policy flags elements size timeout ruleset inet netdev family add create insert replace delete destroy list flush reset rename get include define comment handle",
);
const NFT_VERDICT = set("accept drop reject return jump goto continue queue");
const NFT_STATEMENT = set("counter log limit masquerade redirect snat dnat notrack fwd dup tproxy quota meter last flow mirror to with over rate burst prefix level");
const NFT_EXPRESSION = set(
  "ip ip6 arp ether vlan tcp udp icmp icmpv6 igmp sctp dccp th meta ct fib rt socket numgen jhash symhash saddr daddr sport dport protocol nexthdr iif oif iifname oifname mark state status l4proto pkttype nfproto vmap",
);
const TC = set(
  "qdisc filter chain action actions clsact ingress egress matchall flower u32 bpf fw basic mirred redirect mirror gact skbedit pedit vlan csum police simple nat skbmod drop pass ok pipe shot continue reclassify goto protocol pref prio handle parent match classid flowid",
);
const VERBS = set("link addr address route rule neigh neighbour netns fdb add del delete set show list replace change flush get exec append");
const OPTIONS = set(
  "dev type name peer via src dst proto scope table metric lladdr nud permanent master nomaster up down mtu id remote local dstport port vlan_filtering mode on off veth bridge dummy vxlan macvlan ifb default local unicast blackhole broadcast self sticky vid pvid untagged",
);
const WITH_NAMESPACE = set("ip tc bridge");

const ADDRESS = /^(?:(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\/\d+)?)$/i;
const NUMBER = /^-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:[kmg]?(?:bit|bytes?|bps)|ms|us|[smhd])?)$/i;

/** What the word is that stands at the stream's place; the stream and the state go on behind it. */
export function token(stream: StringStream, state: State): Kind | null {
  if (stream.sol() && state.bodies.length > 0 && !state.quote) {
    const body = state.bodies[0]!;
    const line = body.tabs ? stream.string.replace(/^\t+/, "") : stream.string;
    if (line === body.delimiter) {
      stream.skipToEnd();
      state.bodies = state.bodies.slice(1);
      if (state.bodies.length === 0) endCommand(state);
      return "operator";
    }
  } else if (stream.sol() && state.bodies.length === 0 && !state.quote && !state.continued) endCommand(state);
  if (stream.sol()) state.continued = /(?:^|[^\\])(?:\\\\)*\\$/.test(stream.string);
  if (stream.eatSpace()) return null;
  const kind = state.bodies.length > 0 ? inBody(stream, state) : inCommand(stream, state);
  if (stream.eol() && state.bodies.length === 0 && state.pending.length > 0) {
    state.bodies = state.pending;
    state.pending = [];
  }
  return kind;
}

export function blankLine(state: State): void {
  if (state.bodies.length === 0 && !state.quote) endCommand(state);
}

function endCommand(state: State): void {
  state.program = "";
  state.next = "";
  state.continued = false;
}

function inBody(stream: StringStream, state: State): Kind | null {
  return state.program === "nft" ? nft(stream) : (stream.skipToEnd(), "string");
}

function nft(stream: StringStream, stop = ""): Kind | null {
  if (stream.match(/^#.*/)) return "comment";
  if (stream.match(/^"[^"]*"?/)) return "string";
  if (stream.match(/^@[\w.-]+/)) return "name";
  const word = stream.match(/^[\w.:/@-]+\*?/) as RegExpMatchArray | null;
  if (!word) {
    stream.match(/^(?:[!<>=]=|<<|>>)/) || stream.next();
    return "operator";
  }
  if (stop && word[0].includes(stop)) return null;
  return ofNft(word[0]);
}

function ofNft(word: string): Kind | null {
  if (NFT_STRUCTURE.has(word)) return "structure";
  if (NFT_VERDICT.has(word)) return "verdict";
  if (NFT_STATEMENT.has(word)) return "statement";
  if (NFT_EXPRESSION.has(word)) return "expression";
  return ofValue(word);
}

const ofValue = (word: string): Kind | null => (ADDRESS.test(word) ? "address" : NUMBER.test(word) ? "number" : null);

function inCommand(stream: StringStream, state: State): Kind | null {
  if (state.quote) return quoted(stream, state);
  const before = stream.string[stream.pos - 1];
  if ((before === undefined || /\s|;/.test(before)) && stream.match(/^#.*/)) return "comment";
  const heredoc = stream.match(/^<<(-?)\s*(?:'([^']*)'|"([^"]*)"|([^\s;&|<>]+))/) as RegExpMatchArray | null;
  if (heredoc) {
    state.pending = [...state.pending, { delimiter: heredoc[2] ?? heredoc[3] ?? heredoc[4] ?? "", tabs: heredoc[1] === "-" }];
    return "operator";
  }
  if (stream.match(/^(?:&&|\|\||;|&(?!>))/)) {
    endCommand(state);
    return "operator";
  }
  if (stream.match(/^(?:\d*[<>]+&?\d*|&>+|\||\\$)/)) return "operator";
  const quote = stream.peek();
  if (quote === "'" || quote === '"') {
    stream.next();
    state.quote = quote;
    return state.program === "nft" ? "operator" : "string";
  }
  const word = stream.match(/^(?:\\.|[^\s'"\\;&|<>])+/) as RegExpMatchArray | null;
  if (!word) {
    stream.next();
    return null;
  }
  return ofCommand(word[0], state);
}

/** Inside quotes nft is still nft; for the others it is one string. */
function quoted(stream: StringStream, state: State): Kind | null {
  if (stream.peek() === state.quote) {
    stream.next();
    state.quote = "";
    return state.program === "nft" ? "operator" : "string";
  }
  if (state.program !== "nft") {
    while (!stream.eol() && stream.peek() !== state.quote) stream.next();
    return "string";
  }
  return stream.match(state.quote === '"' ? /^'[^'"]*'?/ : /^"[^"']*"?/) ? "string" : nft(stream);
}

function ofCommand(word: string, state: State): Kind | null {
  const { next } = state;
  state.next = "";
  if (next === "netns") return "name";
  if (state.program === "" || next === "program") {
    const name = word.slice(word.lastIndexOf("/") + 1);
    state.program = PROGRAMS.has(name) ? name : "?";
    return name === "tc" ? "tc" : name === "nft" ? "structure" : "program";
  }
  if (WITH_NAMESPACE.has(state.program) && /^-n(?:etns)?$/.test(word)) state.next = "netns";
  if (state.program === "ip" && word === "exec") {
    state.next = "netns";
    state.program = "";
    return "verb";
  }
  if (word.startsWith("-") && word.length > 1) return "option";
  if (state.program === "nft") return ofNft(word);
  if (state.program === "tc" && TC.has(word)) return "tc";
  if (WITH_NAMESPACE.has(state.program)) return VERBS.has(word) ? "verb" : OPTIONS.has(word) ? "expression" : ofValue(word);
  return ofValue(word);
}
