"""What the library says to people, in German. See webapp/server/translation.py; ``{NAME}`` is a phrase of its own."""

from __future__ import annotations

from collections.abc import Mapping

_PLACES = {
    "{station} on {dev}": "{station} an {dev}",
    "{station} in {NETNS}": "{station} in {NETNS}",
    "the lab": "das Lab",
    "another device": "ein anderes Gerät",
    "the next hop": "den nächsten Hop",
    "somebody else": "jemand anderen",
    "there": "dort",
    "The probe": "Die Probe",
    "root namespace": "Root-Namespace",
    "the namespace in which the lab starts": "Root-Namespace",
    "without a name": "ohne Namen",
    "of the lab itself": "des Labs selbst",
}

_REASONS = {
    "Line {line} failed": "Zeile {line} scheiterte",
    "No way leads there": "Kein Weg führt dorthin",
    # the hook was led past
    "{station} on {dev} was led past: {reason}.": "Das Paket wurde an {station} von {dev} vorbeigeführt: {reason}.",
    "{station} on {dev} was not asked: {REASON}.": "{station} an {dev} wurde nicht gefragt: {REASON}.",
    "nf_skip_egress = 1": "nf_skip_egress = 1",
    "tc ingress took the packet": "tc ingress hat das Paket genommen",
    "returned at once: `skb->nf_skip_egress` is 1.": "kehrte sofort zurück: `skb->nf_skip_egress` ist 1.",
    "returned at once: `skb->nf_skip_egress` is 1. Nothing is attached here, either.": (
        "kehrte sofort zurück: `skb->nf_skip_egress` ist 1. Außerdem hängt hier nichts."
    ),
    "sent the packet back with `nf_skip_egress` 1 and `tc_skip_classify` 1.": (
        "hat das Paket mit `nf_skip_egress` 1 und `tc_skip_classify` 1 zurückgeschickt."
    ),
    # nothing there that would run
    "the packet is of ethertype {type}; what is attached there is of another family{chains}.": (
        "das Paket hat den Ethertype {type}; was dort hängt, gehört zu einer anderen Familie{chains}."
    ),
    "the packet is {family}; what is attached there is of another family{chains}.": (
        "das Paket ist {family}; was dort hängt, gehört zu einer anderen Familie{chains}."
    ),
    "the packet is {family}; what is attached there is of another family.": (
        "das Paket ist {family}; was dort hängt, gehört zu einer anderen Familie."
    ),
    "the packet came by {station} on {dev}, but {WHY}.": "das Paket kam an {station} von {dev} vorbei, aber {WHY}.",
    "its static key is off: nothing on this machine uses such a hook": (
        "sein Static Key ist aus: nichts auf dieser Maschine benutzt einen solchen Hook"
    ),
    "nothing is attached": "dort hängt nichts",
    "something is attached there, but only after the probe has run.": "dort hängt etwas, aber erst nach der Probe.",
    "nothing is attached there, either.": "dort hängt auch nichts.",
    # nothing was sent, or no way leads there
    "the program sent no packet.": "das Programm hat kein Paket gesendet.",
    "none of these packets is the program's.": "keins dieser Pakete ist vom Programm.",
    "looked up a route to {to}: {result}.": "suchte eine Route zu {to}: {result}.",
    "made no packet.": "machte kein Paket.",
    "no cable and no route of this topology leads from {place} to {station} on {dev}.": (
        "kein Kabel und keine Route dieser Topologie führt von {place} zu {station} an {dev}."
    ),
    "the packet goes out at {dev}; {station} is for what comes in.{OTHER}": (
        "das Paket geht an {dev} hinaus; {station} ist für das, was hereinkommt.{OTHER}"
    ),
    "the packet comes in at {dev}; {station} is for what goes out.{OTHER}": (
        "das Paket kommt an {dev} herein; {station} ist für das, was hinausgeht.{OTHER}"
    ),
    " That is {station} on {dev}.": " Das ist {station} an {dev}.",
    "the packet was delivered in {place}.": "das Paket wurde in {place} zugestellt.",
    "the packet was dropped at {place}: `{reason}`.": "das Paket wurde bei {place} verworfen: `{reason}`.",
    "the packet ended at {place}, taken by {what}.": "das Paket endete bei {place}, genommen von {what}.",
    "the packet was last seen at {place}.": "das Paket wurde zuletzt bei {place} gesehen.",
    # a hook took it
    "the flowtable knows the packet's flow and sent it on from here, past the IP hooks.": (
        "die Flowtable kennt den Flow des Pakets und schickte es von hier weiter, an den IP-Hooks vorbei."
    ),
    "the flowtable knows the packet's flow and sent it on to {dev} from here, past the IP hooks.": (
        "die Flowtable kennt den Flow des Pakets und schickte es von hier an {dev} weiter, an den IP-Hooks vorbei."
    ),
    "sent the packet to {side} of {dev}, inside tc.": "schickte das Paket innerhalb von tc zu {side} von {dev}.",
    "sent the packet out of {DEVICE} from netfilter: it does not go on along {dev}.": (
        "schickte das Paket aus netfilter heraus durch {DEVICE} hinaus: an {dev} geht es nicht weiter."
    ),
    "`{filter}` matched.": "`{filter}` hat gepasst.",
    "`{filter}` matched. `nf_skip_egress` 0 → 1.": "`{filter}` hat gepasst. `nf_skip_egress` 0 → 1.",
    "rule `{rule}` of chain {chain} matched.": "Regel `{rule}` der Chain {chain} hat gepasst.",
    "returned `{verdict}`.": "gab `{verdict}` zurück.",
    "`{filter}` matched and ended the packet{actions}: `{verdict}`.": (
        "`{filter}` hat gepasst und das Paket beendet{actions}: `{verdict}`."
    ),
    "`{filter}` matched and ended the packet: `{verdict}`.": (
        "`{filter}` hat gepasst und das Paket beendet: `{verdict}`."
    ),
    "rule `{rule}` (handle {handle}) of chain {chain} ended the packet: `{verdict}`.": (
        "Regel `{rule}` (Handle {handle}) der Chain {chain} hat das Paket beendet: `{verdict}`."
    ),
    "no rule of chain {chain} decided, so its policy did: `{verdict}`.": (
        "keine Regel der Chain {chain} hat entschieden, also tat es ihre Policy: `{verdict}`."
    ),
    # the kernel's own decisions
    "dropped the packet: `{reason}`.": "verwarf das Paket: `{reason}`.",
    "dropped the packet: `{reason}`. {BECAUSE}": "verwarf das Paket: `{reason}`. {BECAUSE}",
    "The frame is for {MAC} (`PACKET_OTHERHOST`).": "Der Frame ist für {MAC} (`PACKET_OTHERHOST`).",
    "The frame is for {MAC}; {place}'s address is {address} (`PACKET_OTHERHOST`).": (
        "Der Frame ist für {MAC}; die Adresse von {place} ist {address} (`PACKET_OTHERHOST`)."
    ),
    "`rp_filter`: a packet from {SOURCE} is not expected on {place}.": (
        "`rp_filter`: Ein Paket von {SOURCE} wird an {place} nicht erwartet."
    ),
    "{netns} does not forward (`net.ipv4.ip_forward` 0).": "{netns} leitet nicht weiter (`net.ipv4.ip_forward` 0).",
    "{dev} is up, without a carrier.": "{dev} ist eingeschaltet, aber ohne Carrier.",
    "{dev} is down, without a carrier.": "{dev} ist ausgeschaltet, ohne Carrier.",
    "{dev} is up.": "{dev} ist eingeschaltet.",
    "{dev} is down.": "{dev} ist ausgeschaltet.",
    "Nobody in {netns} listens there: it is the packet's end.": (
        "In {netns} hört dort niemand: Es ist das Ende des Pakets."
    ),
    "No protocol handler takes ethertype {type}.": "Kein Protokoll-Handler nimmt den Ethertype {type}.",
    "Its TTL is used up, or its header is wrong.": "Seine TTL ist verbraucht, oder sein Header ist falsch.",
    "It is larger than the way's MTU and must not be fragmented (DF).": (
        "Es ist größer als die MTU des Wegs und darf nicht fragmentiert werden (DF)."
    ),
    "the packet waited for an answer to that request, in vain.": (
        "das Paket wartete vergeblich auf eine Antwort auf diese Anfrage."
    ),
    "the link-layer address of {ADDRESS} on {dev} is not known; nobody answered for it.": (
        "die Link-Layer-Adresse für {ADDRESS} an {dev} ist nicht bekannt; niemand hat dafür geantwortet."
    ),
    "the link-layer address of {ADDRESS} on {dev} is not known; nobody answered for it. "
    "The request was last seen at {place}.": (
        "die Link-Layer-Adresse für {ADDRESS} an {dev} ist nicht bekannt; niemand hat dafür geantwortet. "
        "Die Anfrage wurde zuletzt bei {place} gesehen."
    ),
    "the route to {to}: `{result}`.": "die Route zu {to}: `{result}`.",
    # it went elsewhere
    "the socket has `PACKET_QDISC_BYPASS`: straight to the driver, past tc and the queue.": (
        "der Socket hat `PACKET_QDISC_BYPASS`: geradewegs zum Treiber, an tc und der Warteschlange vorbei."
    ),
    "takes packets of ethertype {type}, and leads to {station}.": (
        "nimmt Pakete mit Ethertype {type} und führt zu {station}."
    ),
    "{address} is known to be at {lladdr} (`{state}`): nobody needs to be asked.": (
        "{address} ist bekanntlich bei {lladdr} (`{state}`): Niemand muss gefragt werden."
    ),
    "the bridge passed the frame on to {dev} by its MAC address.": (
        "die Bridge hat den Frame nach seiner MAC-Adresse an {dev} weitergegeben."
    ),
    "the bridge passed the frame on to {dev} by its MAC address, and did not call the IP hooks for it: `{key}` is 0.": (
        "die Bridge hat den Frame nach seiner MAC-Adresse an {dev} weitergegeben und dafür die IP-Hooks nicht "
        "aufgerufen: `{key}` ist 0."
    ),
    "the bridge passed the frame on to {dev} by its MAC address, and did not call the IP hooks for it: "
    "ethertype {type} is not theirs.": (
        "die Bridge hat den Frame nach seiner MAC-Adresse an {dev} weitergegeben und dafür die IP-Hooks nicht "
        "aufgerufen: Der Ethertype {type} ist nicht ihrer."
    ),
    "the packet reached its end in {netns}, and nothing was sent from there that leads to the hook.": (
        "das Paket ist in {netns} am Ziel, und von dort wurde nichts gesendet, das zum Hook führt."
    ),
    "the packet's way ended here.": "hier endete der Weg des Pakets.",
    "a program made the frame (`AF_PACKET`): it went to the device at once, past the IP hooks.": (
        "ein Programm hat den Frame gemacht (`AF_PACKET`): Er ging sofort ans Gerät, an den IP-Hooks vorbei."
    ),
    "from here the packet went on to {station} on {dev}.": "von hier ging das Paket weiter zu {station} an {dev}.",
    # reachability
    "no cable leads there": "kein Kabel führt dorthin",
    "no answer": "keine Antwort",
}

_REMEDIES = {
    "Attach a counter to the hook": "Einen Zähler an den Hook hängen",
    "Take the filter away": "Den Filter wegnehmen",
    "Hand over in netfilter instead of tc": "In netfilter statt in tc übergeben",
    "Redirect to the ingress side": "Auf die Ingress-Seite umleiten",
    "Redirect to the egress side": "Auf die Egress-Seite umleiten",
    "Send a copy instead": "Stattdessen eine Kopie senden",
    "Let the filter pass the packet": "Den Filter das Paket durchlassen lassen",
    "Let {NETNS} route it": "{NETNS} es routen lassen",
    "Let {NETNS} route it over {dev}": "{NETNS} es über {dev} routen lassen",
    "Accept this packet by a rule": "Dieses Paket mit einer Regel annehmen",
    "Accept this packet before": "Dieses Paket vorher annehmen",
    "Let the chain's policy accept": "Die Policy der Chain auf accept setzen",
    "Let the rule accept": "Die Regel auf accept ändern",
    "Take the rule away": "Die Regel wegnehmen",
    "Move chain {chain} to {station} on {dev}": "Chain {chain} zu {station} an {dev} verschieben",
    "Move chain {chain} to {hook}": "Chain {chain} zu {hook} verschieben",
    "Do not put the flow into a flowtable": "Den Flow nicht in eine Flowtable aufnehmen",
    "Let the bridge call the IP hooks (br_netfilter)": "Die Bridge die IP-Hooks aufrufen lassen (br_netfilter)",
    "Set {dev} up": "{dev} einschalten",
    "Set both ends up": "Beide Enden einschalten",
    "Turn on forwarding in {NETNS}": "Weiterleitung einschalten: {NETNS}",
    "Route {to} over {dev}": "{to} über {dev} routen",
    "Turn off the reverse path filter": "Den Reverse-Path-Filter ausschalten",
    "Tell {NETNS} where {address} is": "{NETNS} mitteilen, wo {address} ist",
    "Let {NETNS} ask for {address}": "{NETNS} nach {address} fragen lassen",
    "Give {dev} the address that the frame is for": "{dev} die Adresse geben, für die der Frame ist",
    "Take the frame for one of this host": "Den Frame als einen für diesen Host nehmen",
    "Give {dev} the address {address}": "{dev} die Adresse {address} geben",
    "Send the frame to {place}": "Den Frame an {place} senden",
    # of a diagnostic
    "Write {word}": "{word} schreiben",
    "Add {line}": "{line} hinzufügen",
}

_REFUSALS = {
    "This command would fail.\n{command}": "Dieser Befehl würde scheitern.\n{command}",
    "The script asks for too much: {LIMIT}.": "Das Skript verlangt zu viel: {LIMIT}.",
    "There is no namespace {netns} in this lab. Make it first.": (
        "In diesem Lab gibt es keinen Namespace {netns}. Lege ihn zuerst an."
    ),
    "There is no device {NAME} in the namespace in which the lab starts. Make it first.": (
        "Im Root-Namespace gibt es kein Gerät {NAME}. Lege es zuerst an."
    ),
    "There is no device {NAME} in {NETNS}. Make it first.": (
        "In {NETNS} gibt es kein Gerät {NAME}. Lege es zuerst an."
    ),
    "The script is longer than {count} bytes.": "Das Skript ist länger als {count} Bytes.",
    '"{name}" cannot name a namespace. Use letters, digits, dots, - and _, 64 at most.': (
        "„{name}“ kann kein Name eines Namespace sein. Erlaubt sind Buchstaben, Ziffern, Punkte, - und _, höchstens 64."
    ),
    '"{name}" cannot name a device. Begin with a letter; use letters, digits, dots, - and _, 15 at most.': (
        "„{name}“ kann kein Name eines Geräts sein. Beginne mit einem Buchstaben; erlaubt sind Buchstaben, Ziffern, "
        "Punkte, - und _, höchstens 15."
    ),
    "The script has a namespace {netns} already. Choose another name.": (
        "Das Skript hat schon einen Namespace {netns}. Wähle einen anderen Namen."
    ),
    "The script has a device {dev} there already. Choose another name.": (
        "Das Skript hat dort schon ein Gerät {dev}. Wähle einen anderen Namen."
    ),
    "All subnets of 10.0.0.0/8 are in use. Free one first.": (
        "Alle Subnetze von 10.0.0.0/8 sind belegt. Gib zuerst eins frei."
    ),
    "All addresses of {network} are in use. Choose one yourself.": (
        "Alle Adressen von {network} sind belegt. Wähle selbst eine."
    ),
    'There are no nft chains at "{station}". Drop the chain on an nft hook.': (
        "An „{station}“ gibt es keine nft-Chains. Lege die Chain auf einem nft-Hook ab."
    ),
    "{match} is no IPv4 prefix. Write it as 10.0.0.3 or 10.0.1.0/24.": (
        "{match} ist kein IPv4-Präfix. Schreibe es wie 10.0.0.3 oder 10.0.1.0/24."
    ),
    "{text} is no address. Write it with its prefix length, as 10.0.0.1/24.": (
        "{text} ist keine Adresse. Schreibe sie mit ihrer Präfixlänge, etwa 10.0.0.1/24."
    ),
    "{to} is no prefix. Write it as 10.0.1.0/24, or leave it empty for all.": (
        "{to} ist kein Präfix. Schreibe es wie 10.0.1.0/24, oder lass es für alles leer."
    ),
    "No cable of {NETNS} leads to an address that could be a gateway. Connect it first, or name one.": (
        "Kein Kabel von {NETNS} führt zu einer Adresse, die Gateway sein könnte. Verbinde ihn zuerst, oder nenne eine."
    ),
    "No device on the cable of {dev} has {address}. Name the link-layer address, too.": (
        "Kein Gerät am Kabel von {dev} hat {address}. Nenne auch die Link-Layer-Adresse."
    ),
    "Nothing on the cable of {dev} has an address. Add one first, or name it.": (
        "Nichts am Kabel von {dev} hat eine Adresse. Füge zuerst eine hinzu, oder nenne sie."
    ),
    "{master} is no bridge that {dev} could be plugged into. Choose a bridge.": (
        "{master} ist keine Bridge, in die {dev} eingesteckt werden könnte. Wähle eine Bridge."
    ),
    "{dev} cannot be plugged into a bridge. Choose another device.": (
        "{dev} kann nicht in eine Bridge eingesteckt werden. Wähle ein anderes Gerät."
    ),
    "{dev} in {NETNS} is no bridge. Choose a bridge.": "{dev} in {NETNS} ist keine Bridge. Wähle eine Bridge.",
    "A {kind} device stands on another device. Drop it on that device.": (
        "Ein Gerät der Art {kind} steht auf einem anderen. Lege es auf diesem ab."
    ),
    "A tunnel needs two namespaces. Choose a device in another one.": (
        "Ein Tunnel braucht zwei Namespaces. Wähle ein Gerät in einem anderen."
    ),
    "{NETNS} has no route to {to}. Connect the two, or add a route, first.": (
        "{NETNS} hat keine Route zu {to}. Verbinde zuerst die beiden, oder füge eine Route hinzu."
    ),
    "{dev} in {NETNS} has no IP address. Add one first.": (
        "{dev} in {NETNS} hat keine IP-Adresse. Füge zuerst eine hinzu."
    ),
    "lo cannot be moved: each namespace has its own.": (
        "lo lässt sich nicht verschieben: Jeder Namespace hat sein eigenes."
    ),
    "A {kind} device cannot leave its namespace. Make one in {NETNS}.": (
        "Ein Gerät der Art {kind} kann seinen Namespace nicht verlassen. Lege eins in {NETNS} an."
    ),
    "The namespace in which the lab starts cannot be deleted. Delete its devices.": (
        "Der Namespace, in dem das Lab beginnt, lässt sich nicht löschen. Lösche seine Geräte."
    ),
    "lo cannot be deleted: each namespace has one.": "lo lässt sich nicht löschen: Jeder Namespace hat eins.",
    'Nothing can be taken off "{station}".': "Von „{station}“ lässt sich nichts abhängen.",
    'Nothing of the script stands at "{station}" of {DEV}.': "An „{station}“ von {DEV} steht nichts aus dem Skript.",
    "{dev} has no filter at tc {side} that the script adds.": (
        "{dev} hat an tc {side} keinen Filter, den das Skript hinzufügt."
    ),
    "The script says {name} there already. Choose another name.": (
        "Das Skript nennt dort schon {name}. Wähle einen anderen Namen."
    ),
    "No command of the script says {name}. Name it in the command that makes it.": (
        "Kein Befehl des Skripts nennt {name}. Nenne es in dem Befehl, der es anlegt."
    ),
    "{NETNS} has no name to change. Choose a namespace or a device.": (
        "{NETNS} hat keinen Namen, der sich ändern ließe. Wähle einen Namespace oder ein Gerät."
    ),
    "lo keeps its name. Choose another device.": "lo behält seinen Namen. Wähle ein anderes Gerät.",
    "Choose namespaces or devices to copy.": "Wähle Namespaces oder Geräte, die kopiert werden sollen.",
    "What was copied has no place here: nothing that it is tied to is there.": (
        "Was kopiert wurde, hat hier keinen Platz: Nichts von dem, woran es hängt, ist da."
    ),
    "{to} is no address. Write it as 10.0.0.2.": "{to} ist keine Adresse. Schreibe sie wie 10.0.0.2.",
    "{NETNS} has no route to any other namespace. Connect it by a cable, or name an address.": (
        "{NETNS} hat keine Route zu einem anderen Namespace. Verbinde ihn mit einem Kabel, oder nenne eine Adresse."
    ),
    "{NETNS} has no device to send from. Add one first.": (
        "{NETNS} hat kein Gerät, von dem gesendet werden könnte. Füge zuerst eins hinzu."
    ),
    "The frame is not written in hex. Write two digits a byte, as 02:00:00:00:00:01.": (
        "Der Frame ist nicht in Hex geschrieben. Schreibe zwei Ziffern je Byte, etwa 02:00:00:00:00:01."
    ),
    "A frame has {least} to {most} bytes, from the destination's address on.": (
        "Ein Frame hat {least} bis {most} Bytes, von der Zieladresse an."
    ),
    "{words} (column {column})": "{words} (Spalte {column})",
    "The lab has no probe number {number}.": "Das Lab hat keine Probe Nummer {number}.",
    "the lab has no probe number {number}": "das Lab hat keine Probe Nummer {number}",
    "The lab has no probe number {number}: there are {count}.": (
        "Das Lab hat keine Probe Nummer {number}: Es gibt {count}."
    ),
    "There is no namespace {NETNS} when the probe runs.": ("Wenn die Probe läuft, gibt es keinen Namespace {NETNS}."),
    "There is no device {dev} when the probe runs.": "Wenn die Probe läuft, gibt es kein Gerät {dev}.",
    "Line {line} of the script cannot be read ({message}). Mend it, or undo, first.": (
        "Zeile {line} des Skripts ist nicht lesbar ({message}). Behebe das zuerst, oder nimm es zurück."
    ),
    # limits
    "more than {count} rules and filters in a lab": "mehr als {count} Regeln und Filter in einem Lab",
    "more than {count} namespaces in a lab": "mehr als {count} Namespaces in einem Lab",
    "more than {count} devices in a lab": "mehr als {count} Geräte in einem Lab",
    "more than {count} commands in a lab": "mehr als {count} Befehle in einem Lab",
    "more than {count} bytes in a lab's files": "mehr als {count} Bytes in den Dateien eines Labs",
    "more than {count} packets in one command": "mehr als {count} Pakete in einem Befehl",
    "more than {count} characters of output of one command": "mehr als {count} Zeichen Ausgabe eines Befehls",
    "the script is longer than {count} bytes": "das Skript ist länger als {count} Bytes",
    "the lab ran longer than {count} seconds": "das Lab lief länger als {count} Sekunden",
    # a ruleset
    "no table in it: this is what `nft list ruleset` prints, or a file for `nft -f`": (
        "keine Tabelle darin: Gemeint ist, was `nft list ruleset` ausgibt, oder eine Datei für `nft -f`"
    ),
    "nothing of the ruleset is left": "vom Regelwerk ist nichts übrig",
    "left out: {what}": "weggelassen: {what}",
    "{dev}: a port of {bridge}, with a namespace behind it": (
        "{dev}: ein Port von {bridge}, mit einem Namespace dahinter"
    ),
    "{dev}: a bridge, with a port and a namespace behind it": (
        "{dev}: eine Bridge, mit einem Port und einem Namespace dahinter"
    ),
    "{dev}: vlan {vid} on {lower}": "{dev}: Vlan {vid} auf {lower}",
    "{dev}: a dummy in the place of a tunnel: nothing is behind it": (
        "{dev}: ein dummy anstelle eines Tunnels: dahinter ist nichts"
    ),
    "{dev}: a cable to a namespace of its own": "{dev}: ein Kabel zu einem eigenen Namespace",
    # the server
    "too many requests; wait a moment and try again": (
        "zu viele Anfragen; warte einen Moment und versuche es noch einmal"
    ),
    "Too many requests from your address. Try again in {seconds} s.": (
        "Zu viele Anfragen von deiner Adresse. Versuche es in {seconds} s noch einmal."
    ),
    "there is no built-in lab '{slug}'": "es gibt kein mitgeliefertes Lab „{slug}“",
    "there is no lesson {slug} with a task {id}": "es gibt keine Lektion {slug} mit einer Aufgabe {id}",
    "Students do that.": "Das tun die Lernenden.",
    "there is no lesson '{slug}'": "es gibt keine Lektion „{slug}“",
    "the lesson has no task '{task}'": "die Lektion hat keine Aufgabe „{task}“",
    "the task {task} is graded by its script": "die Aufgabe {task} wird nach ihrem Skript bewertet",
    "the task {task} is a question": "die Aufgabe {task} ist eine Frage",
    "the task has no hint number {number}": "die Aufgabe hat keinen Hinweis Nummer {number}",
    "the server no longer holds this lab; it is opened again": (
        "der Server hat dieses Lab nicht mehr; es wird wieder geöffnet"
    ),
    "the server made a mistake with this request; your lab is unchanged": (
        "der Server hat bei dieser Anfrage einen Fehler gemacht; dein Lab ist unverändert"
    ),
    "This server is full. Try again in a few minutes.": (
        "Dieser Server ist voll. Versuche es in ein paar Minuten wieder."
    ),
    # the classroom
    "There is no room of this code. Look at the projector: six letters.": (
        "Einen Raum mit diesem Code gibt es nicht. Sieh auf die Projektion: sechs Buchstaben."
    ),
    "The teacher has sent you out of this room. Talk to the teacher.": (
        "Die Lehrkraft hat dich aus diesem Raum geschickt. Sprich mit ihr."
    ),
    "a command of the lab is nested too deeply": "ein Befehl des Labs ist zu tief geschachtelt",
    "The lesson is over. Open a new room for the next one.": (
        "Die Stunde ist vorbei. Öffne für die nächste einen neuen Raum."
    ),
    "This room's log is full. Open a new room.": "Das Protokoll dieses Raums ist voll. Öffne einen neuen Raum.",
    "You have offered {count} labs; no more can be kept.": (
        "Du hast {count} Labs angeboten; mehr lassen sich nicht aufbewahren."
    ),
    "The answer is already revealed.": "Die Antwort ist schon aufgedeckt.",
    "The question has no such answer.": "Diese Antwort gibt es bei der Frage nicht.",
    "Choose one answer.": "Wähle eine einzige Antwort.",
    "You have changed this answer {count} times; it stays now.": (
        "Du hast diese Antwort {count}-mal geändert; jetzt bleibt sie."
    ),
    "This task is over.": "Diese Aufgabe ist vorbei.",
    "No more is noted of your work on this task.": "Von deiner Arbeit an dieser Aufgabe wird nichts mehr notiert.",
    "This student has not agreed to show a lab.": "Diese Person hat nicht zugestimmt, ein Lab zu zeigen.",
    "Each answer needs a letter of its own, and what is right must be among them.": (
        "Jede Antwort braucht einen eigenen Buchstaben, und was richtig ist, muss dabei sein."
    ),
    "Say which answer is right.": "Sag, welche Antwort richtig ist.",
    "A room holds {count} {WHAT}. Open a new room.": "Ein Raum fasst {count} {WHAT}. Öffne einen neuen Raum.",
    "labs": "Labs",
    "questions": "Fragen",
    "tasks": "Aufgaben",
    "There is no such student in the room.": "Diese Person gibt es im Raum nicht.",
    "There is no such question.": "Diese Frage gibt es nicht.",
    "This question is over.": "Diese Frage ist vorbei.",
    "There is no such task.": "Diese Aufgabe gibt es nicht.",
    "This link does not open the room as a teacher. Use the one that you got with the room.": (
        "Dieser Link öffnet den Raum nicht als Lehrkraft. Nimm den, den du mit dem Raum bekommen hast."
    ),
    "This lesson is over.": "Diese Stunde ist vorbei.",
    "The room is full: {count} have joined. Watch at the projector.": (
        "Der Raum ist voll: {count} sind beigetreten. Sieh auf die Projektion."
    ),
    "Somebody in the room is called {name}. Choose another name.": (
        "Im Raum heißt schon jemand {name}. Wähle einen anderen Namen."
    ),
    "You are no longer in this room.": "Du bist nicht mehr in diesem Raum.",
    "Only the teacher who opened the room may do that.": "Das darf nur, wer den Raum geöffnet hat.",
    "You are in no room. Join one first.": "Du bist in keinem Raum. Tritt zuerst einem bei.",
    "Only a teacher of this room may do that.": "Das darf nur, wer in diesem Raum lehrt.",
    "The lesson grades this task. Have your lab checked.": "Die Lektion bewertet diese Aufgabe. Lass dein Lab prüfen.",
    "there is no lesson {lesson} with a task {task}": "es gibt keine Lektion {lesson} mit einer Aufgabe {task}",
    "No lesson grades this task.": "Keine Lektion bewertet diese Aufgabe.",
    "Your lab was checked often. Wait {seconds} s.": "Dein Lab wurde oft geprüft. Warte {seconds} s.",
    "A room cannot be asked for an order.": "Nach einer Reihenfolge kann ein Raum nicht gefragt werden.",
    "The question has too many answers for a room.": "Die Frage hat für einen Raum zu viele Antworten.",
    "Too many messages. Wait {seconds} s.": "Zu viele Nachrichten. Warte {seconds} s.",
    "Many rooms were opened from your address. Try again in {seconds} s.": (
        "Von deiner Adresse wurden viele Räume geöffnet. Versuche es in {seconds} s noch einmal."
    ),
    "This server holds {count} rooms and has no room for more. Try again tomorrow.": (
        "Dieser Server hat {count} Räume und keinen Platz für mehr. Versuche es morgen wieder."
    ),
    "Too many wrong codes from your address. Try again in {seconds} s.": (
        "Zu viele falsche Codes von deiner Adresse. Versuche es in {seconds} s noch einmal."
    ),
    "This room's lesson is over.": "Die Stunde dieses Raums ist vorbei.",
    "Many join from your address. Try again in {seconds} s.": (
        "Viele treten von deiner Adresse bei. Versuche es in {seconds} s noch einmal."
    ),
    "The room has no lab number {number}.": "Der Raum hat kein Lab Nummer {number}.",
    "This lab is no twin.": "Dieses Lab ist kein Zwilling.",
    "This room has shown many labs. Wait {seconds} s.": "Dieser Raum hat viele Labs gezeigt. Warte {seconds} s.",
    "The progress is too long to be kept.": "Der Fortschritt ist zu lang, um aufbewahrt zu werden.",
    "Nothing is kept under these words. Check them, or begin with a new code word.": (
        "Unter diesen Wörtern ist nichts aufbewahrt. Prüfe sie, oder beginne mit einem neuen Codewort."
    ),
}

_EXPLANATIONS = {
    "Only tables of the families ip, ip6 and inet translate addresses: a netdev, bridge or arp chain runs outside of "
    "routing. Put the rule into an ip table.": (
        "Nur Tabellen der Familien ip, ip6 und inet übersetzen Adressen: Eine Chain in netdev, bridge oder arp läuft "
        "außerhalb des Routings. Setze die Regel in eine ip-Tabelle."
    ),
    "There is no {what} of this name; one with a similar name exists.": (
        "{what}: Unter diesem Namen gibt es nichts; etwas mit ähnlichem Namen gibt es."
    ),
    "The input ends in the middle of something. Most often a closing brace is missing.": (
        "Die Eingabe endet mitten in etwas. Meist fehlt eine schließende Klammer."
    ),
    "The line ends where a name is needed.": "Die Zeile endet, wo ein Name nötig ist.",
    "The line ends too early: something has to follow.": "Die Zeile endet zu früh: Es muss noch etwas folgen.",
    "nft reads up to here, and then needs {wanted}.": "nft liest bis hierher und braucht dann {wanted}.",
    "nft understands everything up to here, and not this: no rule of its grammar goes on in this way. Completion "
    "(Ctrl Space) lists what may stand here.": (
        "nft versteht alles bis hierher, aber das nicht: Keine Regel seiner Grammatik geht so weiter. Die "
        "Vervollständigung (Strg Leertaste) zeigt, was hier stehen darf."
    ),
    "The statement before ends the rule, so this one would never run. Move it in front, or leave it out.": (
        "Die Anweisung davor beendet die Regel, also liefe diese nie. Stelle sie voran, oder lass sie weg."
    ),
    "A packet cannot be {one} and {other} at once: use matches of one protocol in a rule.": (
        "Ein Paket kann nicht zugleich {one} und {other} sein: Vergleiche in einer Regel nur ein Protokoll."
    ),
    "The kernel does not do this in this family or at this hook. Statements like fwd belong to netdev chains, nat "
    "statements to nat chains, and reject needs a hook that knows the sender.": (
        "In dieser Familie oder an diesem Hook tut der Kernel das nicht. Anweisungen wie fwd gehören in netdev-Chains, "
        "nat-Anweisungen in nat-Chains, und reject braucht einen Hook, der den Sender kennt."
    ),
    "What the command names is not there (any more): a table, chain, set or rule. Create it first, and check family "
    "and spelling; without a family nft means ip.": (
        "Was der Befehl nennt, ist nicht (mehr) da: Tabelle, Chain, Set oder Regel. Lege es zuerst an, und prüfe "
        "Familie und Schreibweise; ohne Familie meint nft ip."
    ),
    "There is one already. `add` leaves an equal one alone; `create`, and another type of the same name, do not.": (
        "Das gibt es schon. `add` lässt ein gleiches in Ruhe; `create` und ein anderer Typ desselben Namens nicht."
    ),
    "Something still uses it: a rule jumps to the chain, or a rule names the set. Delete that first.": (
        "Etwas benutzt es noch: Eine Regel springt in die Chain, oder eine Regel nennt das Set. Lösche das zuerst."
    ),
    "The chain is bound to a device that the namespace does not have. Create the device first, or check its name.": (
        "Die Chain ist an ein Gerät gebunden, das der Namespace nicht hat. Lege das Gerät zuerst an, oder prüfe seinen "
        "Namen."
    ),
    "The kernel refuses this combination, although every word of it is known.": (
        "Der Kernel lehnt diese Kombination ab, obwohl jedes Wort darin bekannt ist."
    ),
    "The types are filter, nat and route; nat and route exist only in ip, ip6 and inet.": (
        "Die Typen sind filter, nat und route; nat und route gibt es nur in ip, ip6 und inet."
    ),
    "This family has no such hook: netdev has ingress and egress, arp has input and output, ip, ip6 and inet have "
    "prerouting, input, forward, output and postrouting.": (
        "Diese Familie hat keinen solchen Hook: netdev hat ingress und egress, arp hat input und output, ip, ip6 und "
        "inet haben prerouting, input, forward, output und postrouting."
    ),
    "A priority is a number or a name of this family and hook, such as filter, raw, mangle, dstnat or srcnat.": (
        "Eine Priorität ist eine Zahl oder ein Name dieser Familie und dieses Hooks, etwa filter, raw, mangle, dstnat "
        "oder srcnat."
    ),
    "The value does not belong to what it is compared with: an address with addresses, a number that fits with "
    "numbers.": (
        "Der Wert passt nicht zu dem, womit er verglichen wird: Adressen zu Adressen, eine Zahl, die hineinpasst, zu "
        "Zahlen."
    ),
    "The namespace has no device {name}. Names count per namespace: the other end of a veth may live in another one.": (
        "Der Namespace hat kein Gerät {name}. Namen gelten je Namespace: Das andere Ende eines veth kann in einem "
        "anderen sein."
    ),
    "There is no namespace {name} (yet). `ip netns add {name}` makes it.": (
        "Einen Namespace {name} gibt es (noch) nicht. `ip netns add {name}` legt ihn an."
    ),
    "The namespace has no device {name}. Names count per namespace.": (
        "Der Namespace hat kein Gerät {name}. Namen gelten je Namespace."
    ),
    "A device's name has at most 15 characters, and no blank or slash.": (
        "Der Name eines Geräts hat höchstens 15 Zeichen, kein Leerzeichen und keinen Schrägstrich."
    ),
    "{name} is no value that this option takes.": "{name} ist kein Wert, den diese Option nimmt.",
    "{name} is no address: write it like 10.0.0.1, with /24 behind it where a network is meant.": (
        "{name} ist keine Adresse: Schreibe sie wie 10.0.0.1, mit /24 dahinter, wo ein Netz gemeint ist."
    ),
    "{name} is no word of this command, so it is taken for another {key}. Check its spelling.": (
        "{name} ist kein Wort dieses Befehls und wird deshalb für ein weiteres {key} gehalten. Prüfe die Schreibweise."
    ),
    "There is no {name} here. Check its spelling.": "{name} gibt es hier nicht. Prüfe die Schreibweise.",
    "The last word needs a value behind it.": "Auf das letzte Wort muss ein Wert folgen.",
    "The command does not say which device: add `dev NAME`.": (
        "Der Befehl sagt nicht, welches Gerät: Ergänze `dev NAME`."
    ),
    "Filters need a qdisc to hang on. `tc qdisc add dev NAME clsact` gives a device one for both directions.": (
        "Filter brauchen eine Qdisc, an der sie hängen. `tc qdisc add dev NAME clsact` gibt einem Gerät eine für beide "
        "Richtungen."
    ),
    "The device has such a qdisc already; `replace` instead of `add` changes it.": (
        "Das Gerät hat schon eine solche Qdisc; `replace` statt `add` ändert sie."
    ),
    "No filter has this priority and protocol on this side of the device.": (
        "Auf dieser Seite des Geräts hat kein Filter diese Priorität und dieses Protokoll."
    ),
    "The kernel has no classifier of this name.": "Der Kernel hat keinen Klassifikator dieses Namens.",
    "Filters of one priority are of one kind. Give this one a priority of its own (`pref`).": (
        "Filter einer Priorität sind von einer Art. Gib diesem eine eigene Priorität (`pref`)."
    ),
    "tc cannot read the action. Its words have an order: `action mirred egress redirect dev NAME`.": (
        "tc kann die Aktion nicht lesen. Ihre Wörter haben eine Reihenfolge: `action mirred egress redirect dev NAME`."
    ),
    "{name} is neither a classifier nor a word of tc filter; known are matchall, flower, u32, bpf, fw and basic.": (
        "{name} ist weder ein Klassifikator noch ein Wort von tc filter; bekannt sind matchall, flower, u32, bpf, fw "
        "und basic."
    ),
    "The gateway is not in a network that one of the namespace's devices has an address of, or that device is down.": (
        "Das Gateway liegt in keinem Netz, aus dem ein Gerät des Namespace eine Adresse hat, oder dieses Gerät ist "
        "ausgeschaltet."
    ),
    "There is no way there at this moment: a device is down, or has no address in that network.": (
        "Im Augenblick führt kein Weg dorthin: Ein Gerät ist ausgeschaltet oder hat keine Adresse in jenem Netz."
    ),
    "There is one already: a device, address, route or neighbour of this name and place.": (
        "Das gibt es schon: Gerät, Adresse, Route oder Nachbar dieses Namens an dieser Stelle."
    ),
    "There is no such route or rule to delete.": (
        "Eine solche Route oder Regel gibt es nicht, also auch nichts zu löschen."
    ),
    "The namespace has no such device.": "Der Namespace hat kein solches Gerät.",
    "The device does not have this address.": "Das Gerät hat diese Adresse nicht.",
    "This kind of device does not do that, or the kernel has none of this kind.": (
        "Geräte dieser Art können das nicht, oder der Kernel kennt keine solchen."
    ),
    "What the command names is not there.": "Was der Befehl nennt, ist nicht da.",
    "There is a namespace of this name already.": "Einen Namespace dieses Namens gibt es schon.",
    "The namespace has no route to this address, so nothing was sent. Add a route, or an address in its network.": (
        "Der Namespace hat keine Route zu dieser Adresse, also wurde nichts gesendet. Füge eine Route hinzu, oder eine "
        "Adresse in deren Netz."
    ),
    "There are no name servers in a lab: write an address.": (
        "In einem Lab gibt es keine Nameserver: Schreibe eine Adresse."
    ),
    "There is no such value, or the model does not have it.": (
        "Einen solchen Wert gibt es nicht, oder das Modell hat ihn nicht."
    ),
    "A lab knows ip, tc, bridge, nft, sysctl, ping, arping, mausezahn, trafgen, nc, tcpdump and a few more.": (
        "Ein Lab kennt ip, tc, bridge, nft, sysctl, ping, arping, mausezahn, trafgen, nc, tcpdump und ein paar weitere."
    ),
    "A real machine does this; the model does not, and says so instead of doing something else.": (
        "Eine echte Maschine tut das; das Modell nicht, und es sagt das, statt etwas anderes zu tun."
    ),
    "A line with {name} alone has to end the text that begins here.": (
        "Den Text, der hier beginnt, muss eine Zeile beenden, in der nur {name} steht."
    ),
    "A quote that begins here is never closed.": "Ein Anführungszeichen, das hier beginnt, wird nie geschlossen.",
}

_COMPLETION = {
    "devices, addresses, routes, neighbours, namespaces": "Geräte, Adressen, Routen, Nachbarn, Namespaces",
    "ports, forwarding databases and vlans of bridges": "Ports, Forwarding-Datenbanken und Vlans von Bridges",
    "traffic control: qdiscs, filters, actions": "Traffic Control: Qdiscs, Filter, Aktionen",
    "netfilter's rules": "die Regeln von netfilter",
    "ICMP echo requests": "ICMP-Echo-Anfragen",
    "who has this address, on the link": "wer am Link diese Adresse hat",
    "frames and packets of one's own": "selbst gemachte Frames und Pakete",
    "frames byte by byte, past queue and tc": "Frames Byte für Byte, an Warteschlange und tc vorbei",
    "values below net": "Werte unter net",
    "the table of connections": "die Tabelle der Verbindungen",
    "a preview of NAT64, not in Linux": "eine Vorschau auf NAT64, nicht in Linux",
    "UDP and TCP by hand": "UDP und TCP von Hand",
    "what a packet socket hears": "was ein Packet-Socket hört",
    "ends a program after a time": "beendet ein Programm nach einer Zeit",
    "lets time pass": "lässt Zeit vergehen",
    "for jobs in the background": "auf Jobs im Hintergrund",
    "a signal to a job": "ein Signal an einen Job",
    "succeeds": "gelingt",
    "fails": "scheitert",
    "prints its words": "gibt seine Wörter aus",
    "table {family}": "Tabelle {family}",
    "chain of {family} {table}": "Chain von {family} {table}",
    "of {kind}": "von {kind}",
    "kind of device": "Art von Gerät",
    "state of a neighbour": "Zustand eines Nachbarn",
    "hook of {family}": "Hook von {family}",
    "priority {number}": "Priorität {number}",
    "action": "Aktion",
    "namespace": "Namespace",
    "set": "Set",
    "map": "Map",
}

_LABS = {
    "Redirected past netfilter": "An netfilter vorbei umgeleitet",
    "Handed over inside netfilter": "Innerhalb von netfilter übergeben",
    "Redirected to the physical interface": "Auf das physische Interface umgeleitet",
    "netfilter above tc: the order at egress and ingress": "netfilter über tc: die Reihenfolge an Egress und Ingress",
    "A container's outbound policy": "Was ein Container senden darf",
    "Direct Server Return on one node": "Direct Server Return auf einem Knoten",
    "DHCP and ARP from AF_PACKET": "DHCP und ARP aus AF_PACKET",
    "Only gPTP may leave": "Nur gPTP darf hinaus",
    "Both packets of a tunnel meet the hook": "Beide Pakete eines Tunnels treffen den Hook",
    "How tc and netfilter talk": "Wie tc und netfilter miteinander reden",
    "NAT64 at egress: a look ahead, not in Linux": "NAT64 am Egress: ein Blick voraus, nicht in Linux",
    # pages
    "Lessons": "Lektionen",
    "Lab": "Lab",
    "Twin": "Zwilling",
    "Workshop": "Werkstatt",
    "{TITLE} · Workshop": "{TITLE} · Werkstatt",
    "{TITLE} / {OTHER}": "{TITLE} / {OTHER}",
    "See what Linux does to a packet between tc and netfilter.": (
        "Sehen, was Linux zwischen tc und netfilter mit einem Paket tut."
    ),
    "Hookwalk draws packets with JavaScript. Without it, this command prints the same walk:": (
        "Hookwalk zeichnet Pakete mit JavaScript. Ohne JavaScript gibt dieser Befehl denselben Weg aus:"
    ),
    "This page draws packets with JavaScript.": "Diese Seite zeichnet Pakete mit JavaScript.",
    "A DHCP request and an ARP announcement come from AF_PACKET sockets: no ip hook sees them, the nft egress hook "
    "does. One rule stops the DHCP request.": (
        "Eine DHCP-Anfrage und eine ARP-Ankündigung kommen aus AF_PACKET-Sockets: Kein ip-Hook sieht sie, der Hook "
        "nft egress schon. Eine Regel hält die DHCP-Anfrage auf."
    ),
    "An outbound policy for a container, kept on the host's side of its veth: what the container may send is decided "
    "at nft ingress of vethh, what it may receive at nft egress.": (
        "Eine Policy für das, was ein Container sendet, auf der Host-Seite seines veth: Was der Container senden darf, "
        "wird an nft ingress von vethh entschieden, was er empfangen darf, an nft egress."
    ),
    "Direct Server Return on one node: the balancer rewrites the destination MAC at the egress of the backend's veth; "
    "the backend answers past the balancer.": (
        "Direct Server Return auf einem Knoten: Der Balancer schreibt am Egress des veth zum Backend die Ziel-MAC um; "
        "das Backend antwortet am Balancer vorbei."
    ),
    "The same packet, handed over at the netfilter layer: nft fwd sends it to vethh, and there it is subject to the "
    "nft egress chain, and then to tc.": (
        "Dasselbe Paket, in der netfilter-Schicht übergeben: nft fwd schickt es an vethh, und dort unterliegt es der "
        "Chain an nft egress und dann tc."
    ),
    "Layer 2 filtering for AVB: only gPTP (ethertype 0x88f7) may leave, and only AVTP (0x22f0) and gPTP may enter.": (
        "Filtern auf Layer 2 für AVB: Nur gPTP (Ethertype 0x88f7) darf hinaus, und nur AVTP (0x22f0) und gPTP dürfen "
        "herein."
    ),
    "netfilter and tc talk through skb->mark: nft egress marks what a tc filter then redirects. The mark ends where "
    "the packet leaves its namespace.": (
        "netfilter und tc reden über skb->mark: nft egress markiert, was ein tc-Filter dann umleitet. Die Mark endet, "
        "wo das Paket seinen Namespace verlässt."
    ),
    "A look ahead, not in Linux: NAT64 at the egress hook. An IPv6 host reaches an IPv4 server through a router that "
    "translates what leaves eth0, and translates the answer back.": (
        "Ein Blick voraus, nicht in Linux: NAT64 am Egress-Hook. Ein IPv6-Host erreicht einen IPv4-Server durch einen "
        "Router, der übersetzt, was eth0 verlässt, und die Antwort zurückübersetzt."
    ),
    "Egress asks netfilter first, then tc. Ingress asks tc first, then netfilter. Follow one packet down v0 and up v1, "
    "and read the order in the score.": (
        "Egress fragt zuerst netfilter, dann tc. Ingress fragt zuerst tc, dann netfilter. Folge einem Paket v0 hinab "
        "und v1 hinauf, und lies die Reihenfolge in der Partitur."
    ),
    "tc egress of the container's veth would be too late: a filter at its ingress redirects straight to the physical "
    "interface, and the nft egress chain there is passed by.": (
        "tc egress am veth des Containers käme zu spät: Ein Filter an dessen Ingress leitet geradewegs auf das "
        "physische Interface um, und die Chain an nft egress dort wird umgangen."
    ),
    "A packet for the container arrives on eth0. A tc filter redirects it to vethh, past the nft egress chain that was "
    "meant to police what enters the container.": (
        "Ein Paket für den Container kommt an eth0 an. Ein tc-Filter leitet es an vethh um, vorbei an der Chain an nft "
        "egress, die hätte prüfen sollen, was in den Container kommt."
    ),
    "An overlay: nft egress meets the inner packet on vx0 and the outer one on eth0, because nf_skip_egress is cleared "
    "after tc and before the driver of vx0 sends again.": (
        "Ein Overlay: nft egress trifft das innere Paket an vx0 und das äußere an eth0, weil nf_skip_egress nach tc "
        "gelöscht wird, bevor der Treiber von vx0 wieder sendet."
    ),
}

GERMAN: Mapping[str, str] = {
    **_PLACES,
    **_REASONS,
    **_REMEDIES,
    **_REFUSALS,
    **_EXPLANATIONS,
    **_COMPLETION,
    **_LABS,
}
